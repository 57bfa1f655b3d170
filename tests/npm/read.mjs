// What the parsers of DBML, Mermaid and D2 understand. Arguments: a file {language: {name: path}}, and the file to
// write {language: {name: model}} to, where a model has `error` when the parser refused.
import fs from "node:fs";
import * as dbml from "@dbml/core";
import { D2 } from "@terrastruct/d2";
import { JSDOM } from "jsdom";

let d2;
let mermaid;

const prepare = {
  dbml: () => {},
  d2: () => {
    d2 = new D2();
  },
  mermaid: async () => {
    const page = new JSDOM("");
    globalThis.window = page.window;
    globalThis.document = page.window.document;
    ({ default: mermaid } = await import("mermaid"));
    mermaid.initialize({ maxTextSize: 50000, maxEdges: 500 }); // what GitHub draws
  },
};

const readers = {
  dbml: (text) => {
    const parsed = new dbml.Parser().parse(text, "dbmlv2");
    const { schemas } = parsed.export();
    // What it exports leaves out which indexes are primary keys.
    parsed.schemas.forEach((schema, i) =>
      schema.tables.forEach((table, j) =>
        table.indexes.forEach((index, k) => {
          schemas[i].tables[j].indexes[k].pk = Boolean(index.pk);
        }),
      ),
    );
    return { schemas };
  },
  mermaid: async (text) => {
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    if (!db.getEntities) {
      return {
        characters: text.length,
        nodes: [...db.getVertices().values()].map(({ id, text }) => ({ id, text })),
        edges: db.getEdges().map(({ start, end, text, stroke, type }) => ({ start, end, text, stroke, type })),
      };
    }
    const names = new Map([...db.getEntities().values()].map((one) => [one.id, one.alias]));
    return {
      characters: text.length,
      entities: [...db.getEntities().values()].map(({ alias, attributes }) => ({ alias, attributes })),
      relationships: db.getRelationships().map((one) => ({
        ends: [names.get(one.entityA), names.get(one.entityB)],
        label: one.roleA,
        spec: one.relSpec,
      })),
    };
  },
  d2: async (text) => {
    const { diagram } = await d2.compile(text, { options: { layout: "dagre" } });
    return {
      tables: diagram.shapes
        .filter((shape) => shape.type === "sql_table")
        .map(({ id, label, columns }) => ({ id, label, columns })),
      containers: diagram.shapes.filter((shape) => shape.type !== "sql_table").map(({ label }) => label),
      connections: diagram.connections.map(({ src, dst, srcArrow, dstArrow }) => ({ src, dst, srcArrow, dstArrow })),
    };
  },
};

const wanted = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const models = {};
for (const language of ["dbml", "d2", "mermaid"]) { // D2 must not see the window that Mermaid needs
  const paths = wanted[language] ?? {};
  models[language] = {};
  await prepare[language]();
  for (const [name, path] of Object.entries(paths)) {
    try {
      models[language][name] = await readers[language](fs.readFileSync(path, "utf8"));
    } catch (error) {
      const details = (error.diags ?? []).map((one) => `${one.location.start.line}: ${one.message}`);
      models[language][name] = { error: [error.message, ...details].join("\n").slice(0, 2000) };
    }
  }
}
fs.writeFileSync(process.argv[3], JSON.stringify(models));
process.exit(0); // the worker of D2 would go on

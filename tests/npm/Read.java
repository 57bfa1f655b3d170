// What PlantUML understands: one line of tab-separated fields for each entity and each line of a diagram,
// without drawing it. Arguments: the paths. Line breaks within an entity's body become "\u0001".

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import net.atmp.CucaDiagram;
import net.sourceforge.plantuml.BlockUml;
import net.sourceforge.plantuml.SourceStringReader;
import net.sourceforge.plantuml.abel.Entity;
import net.sourceforge.plantuml.abel.Link;
import net.sourceforge.plantuml.core.Diagram;

public class Read {
    public static void main(String[] paths) throws Exception {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String path : paths) {
            String source = Files.readString(Path.of(path));
            for (BlockUml block : new SourceStringReader(source).getBlocks()) {
                Diagram diagram = block.getDiagram();
                say(out, "diagram", path, diagram.getClass().getSimpleName());
                if (diagram instanceof CucaDiagram found) {
                    describe(out, found);
                }
            }
        }
        out.flush();
    }

    private static void describe(PrintStream out, CucaDiagram found) {
        for (Entity entity : found.leafs()) {
            StringBuilder body = new StringBuilder();
            for (CharSequence line : entity.getBodier().getRawBody()) {
                body.append(line).append('\u0001');
            }
            Entity around = entity.getParentContainer();
            String container = around == null || around.isRoot() ? "" : String.join("", around.getDisplay().asList());
            say(out, "entity", entity.getName(), String.join("", entity.getDisplay().asList()), container,
                String.valueOf(entity.getStereotype()), body.toString());
        }
        for (Link link : found.getLinks()) {
            if (!link.isInvis()) {
                say(out, "link", link.getEntity1().getName(), link.getType().toString(), link.getEntity2().getName(),
                    String.join("", link.getLabel().asList()));
            }
        }
    }

    private static void say(PrintStream out, String... fields) {
        out.print(String.join("\t", fields) + "\n");
    }
}

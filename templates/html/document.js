(function () {
  "use strict";

  // What a page does beyond what HTML does: search, previews, sorting, zooming, place in the contents.
  // Everything can be read and reached without it.

  var root = document.documentElement;
  var base = root.getAttribute("data-root") || "";
  var content = document.getElementById("content");
  var nav = document.getElementById("contents");
  var words = JSON.parse(document.getElementById("words").textContent);
  var index = null;

  function known() {
    if (index === null) {
      var embedded = document.getElementById("index");
      index = embedded ? JSON.parse(embedded.textContent) : window.pgdossierIndex || { relations: [], others: [] };
    }
    return index;
  }

  function make(tag, className, text) {
    var element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function button(className, label, text) {
    var element = make("button", className, text);
    element.type = "button";
    if (label) {
      element.setAttribute("aria-label", label);
      element.title = label;
    }
    return element;
  }

  function filled(text, values) {
    return text.replace(/\{(\w+)\}/g, function (all, name) { return name in values ? values[name] : all; });
  }

  // --- light and dark ---------------------------------------------------------------------------

  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var themeButton = document.querySelector("button.theme");
  themeButton.addEventListener("click", function () {
    var now = root.getAttribute("data-theme") || (dark.matches ? "dark" : "light");
    var next = now === "dark" ? "light" : "dark";
    root.setAttribute("data-theme", next);
    try {
      localStorage.setItem("pgdossier-theme", next);
    } catch (refused) { /* it holds for this page then */ }
  });

  // --- the contents as a drawer on narrow screens -------------------------------------------------

  var menu = document.querySelector("a.menu");
  var narrow = window.matchMedia("(max-width: 60rem)");

  function drawer(open) {
    root.classList.toggle("drawer", open);
    menu.setAttribute("aria-expanded", String(open));
  }

  menu.setAttribute("role", "button");
  menu.setAttribute("aria-controls", "contents");
  drawer(false);
  menu.addEventListener("click", function (event) {
    event.preventDefault();
    drawer(!root.classList.contains("drawer"));
    if (root.classList.contains("drawer")) input.focus();
  });
  menu.addEventListener("keydown", function (event) {
    if (event.key === " ") {
      event.preventDefault();
      menu.click();
    }
  });
  nav.addEventListener("click", function (event) {
    if (event.target.closest("a")) drawer(false);
  });
  content.addEventListener("pointerdown", function () { drawer(false); });

  // --- search ----------------------------------------------------------------------------------

  var input = document.getElementById("search");
  var results = nav.querySelector(".results");
  var tree = nav.querySelector(".tree");
  var status = nav.querySelector(".found");
  var SHOWN = 60;
  var entries = null;

  function collected() {
    if (entries !== null) return entries;
    entries = [];
    function add(name, kind, about, place, weight) {
      entries.push({ name: name, kind: kind, about: about, place: place, weight: weight,
                     key: name.toLowerCase(), text: (name + " " + about + "." + name).toLowerCase() });
    }
    known().relations.forEach(function (relation) {
      var page = relation[3].split("#")[0];
      add(relation[0], relation[1], relation[2], relation[3], 0);
      relation[4].forEach(function (column) {
        add(column[0], words.column, relation[0], column[3] ? page + "#" + column[3] : relation[3], 1);
      });
      relation[5].forEach(function (one) {
        add(one[0], words.index, relation[0], one[1] ? page + "#" + one[1] : relation[3], 2);
      });
    });
    known().others.forEach(function (other) {
      add(other[1], other[0], other[2], other[3], other[0] === words.section ? 1 : 2);
    });
    return entries;
  }

  function bare(name) { return name.slice(name.lastIndexOf(".") + 1); }

  // How well one term fits a name: all of it, its beginning, the beginning of a word in it, a part of it.
  function fit(key, term) {
    if (key === term || bare(key) === term) return 0;
    if (key.startsWith(term) || bare(key).startsWith(term)) return 10;
    var at = key.indexOf(term);
    return at > 0 && /[\W_]/.test(key[at - 1]) ? 20 : at >= 0 ? 30 : 40;
  }

  function rank(entry, terms) {
    var best = 40;
    terms.forEach(function (term) { best = Math.min(best, fit(entry.key, bare(term) || term)); });
    // Of several terms one may name the table.
    var table = terms.length > 1 && terms.indexOf(bare(entry.about.toLowerCase())) >= 0;
    return best + entry.weight - (table ? 5 : 0);
  }

  function search() {
    var query = input.value.trim().toLowerCase().replace(/\s+/g, " ");
    results.textContent = "";
    results.hidden = query === "";
    tree.hidden = query !== "";
    if (query === "") {
      status.textContent = "";
      return;
    }
    var terms = query.split(" ");
    var count = 0;
    var ranks = [];
    collected().forEach(function (entry) { // a few milliseconds for tens of thousands of names
      for (var i = 0; i < terms.length; i++) if (!entry.text.includes(terms[i])) return;
      var at = rank(entry, terms) + 5;
      (ranks[at] = ranks[at] || []).push(entry);
      count++;
    });
    // Only what is shown is put in order; what is there in hundreds stays in the order of the document.
    var best = [];
    ranks.forEach(function (same) {
      if (best.length >= SHOWN) return;
      if (same.length < 500) same.sort(function (a, b) { return a.name.length - b.name.length; });
      best = best.concat(same);
    });
    best.slice(0, SHOWN).forEach(function (entry) {
      var link = make("a");
      link.href = base + entry.place;
      link.append(make("span", "name", entry.name), make("span", "kind", entry.kind));
      if (entry.about) link.append(make("span", "about", entry.about));
      var item = make("li");
      item.append(link);
      results.append(item);
    });
    status.textContent = count === 0 ? words.match_none : count === 1 ? words.match_one
      : filled(count > SHOWN ? words.matches : words.match_all, { found: count, shown: SHOWN });
  }

  function clear() {
    input.value = "";
    search();
  }

  input.addEventListener("input", search);
  (window.requestIdleCallback || setTimeout)(collected);
  input.addEventListener("keydown", function (event) {
    var first = results.querySelector("a");
    if (event.key === "ArrowDown" && first) {
      event.preventDefault();
      first.focus();
    } else if (event.key === "Enter" && first) {
      event.preventDefault();
      first.click();
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (input.value) clear();
      else {
        input.blur();
        drawer(false);
      }
    }
  });
  results.addEventListener("keydown", function (event) {
    var item = event.target.closest("li");
    var down = event.key === "ArrowDown";
    if (down || event.key === "ArrowUp") {
      event.preventDefault();
      var next = down ? item.nextElementSibling : item.previousElementSibling;
      if (next) next.firstChild.focus();
      else if (!down) input.focus();
    } else if (event.key === "Escape") {
      event.preventDefault();
      clear();
      input.focus();
    }
  });
  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      if (narrow.matches) drawer(true);
      input.focus();
      input.select();
    }
  });

  // --- the relations of a site, which no page holds ---------------------------------------------

  var listed = nav.querySelector(".relations:empty");
  if (listed) {
    var groups = new Map();
    known().relations.forEach(function (relation) {
      var group = relation[6];
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(relation);
    });
    groups.forEach(function (relations, group) {
      var list = make("ol");
      relations.forEach(function (relation) {
        var link = make("a", "", relation[0].startsWith(group + ".") ? relation[0].slice(group.length + 1) : relation[0]);
        link.href = base + relation[3].split("#")[0];
        var item = make("li");
        item.append(link);
        list.append(item);
      });
      var details = make("details");
      var summary = make("summary", "", group + " ");
      summary.append(make("span", "count", String(relations.length)));
      details.append(summary, list);
      var item = make("li");
      item.append(details);
      listed.append(item);
    });
  }

  // --- where the reader is ----------------------------------------------------------------------

  var links = new Map();
  nav.querySelectorAll(".tree a").forEach(function (link) {
    if (link.pathname === location.pathname) links.set(link.hash.slice(1), link);
  });
  var marks = Array.from(content.querySelectorAll("h1[id], h2[id], h3[id]")).filter(function (heading) {
    return links.has(heading.id);
  });
  var current = null;

  function place() {
    var low = 0;
    var high = marks.length;
    var line = 120;
    while (low < high) {
      var middle = (low + high) >> 1;
      // The section, not the heading: what is far away has no layout of its own yet.
      if (marks[middle].parentElement.getBoundingClientRect().top <= line) low = middle + 1;
      else high = middle;
    }
    var at = low === 0 ? null : links.get(marks[low - 1].id);
    mark(at);
  }

  function mark(link) {
    if (link === current) return;
    if (current) current.removeAttribute("aria-current");
    current = link;
    if (!link) return;
    link.setAttribute("aria-current", "true");
    var details = link.closest("details");
    if (details && !details.open) {
      nav.querySelectorAll("details[data-followed]").forEach(function (other) {
        other.open = false;
        other.removeAttribute("data-followed");
      });
      details.open = true;
      details.setAttribute("data-followed", "");
    }
    var box = link.getBoundingClientRect();
    var frame = nav.getBoundingClientRect();
    if (box.top < frame.top + 90 || box.bottom > frame.bottom - 40)
      nav.scrollTop += box.top - frame.top - frame.height / 3;
  }

  var waiting = false;
  function moved() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(function () {
      waiting = false;
      place();
    });
  }
  if (marks.length) {
    addEventListener("scroll", moved, { passive: true });
    addEventListener("resize", moved, { passive: true });
    moved();
  } else {
    nav.querySelectorAll(".tree a").forEach(function (link) {
      if (link.pathname === location.pathname && !link.hash) mark(link);
    });
  }

  // --- tables and diagrams get their controls when they come near -------------------------------

  var near = new IntersectionObserver(function (seen) {
    seen.forEach(function (one) {
      if (!one.isIntersecting) return;
      near.unobserve(one.target);
      if (one.target.matches("figure")) zoomable(one.target);
      else sortable(one.target);
    });
  }, { rootMargin: "600px" });
  content.querySelectorAll("figure.drawing, .table").forEach(function (element) { near.observe(element); });

  var sizes = new ResizeObserver(function (seen) {
    seen.forEach(function (one) { reachable(one.target); });
  });

  // What scrolls sideways must be reachable with the keyboard. A table that fits keeps its header in sight.
  function reachable(frame) {
    frame.classList.toggle("wide", frame.firstElementChild.offsetWidth > frame.clientWidth + 1);
    stop(frame, frame.classList.contains("wide"));
  }

  function stop(frame, wanted) {
    if (wanted) {
      frame.tabIndex = 0;
      frame.setAttribute("role", "group");
      frame.setAttribute("aria-label", words.table);
    } else {
      frame.removeAttribute("tabindex");
      frame.removeAttribute("role");
      frame.removeAttribute("aria-label");
    }
  }

  // Far from the screen nothing is measured; on a narrow one most tables scroll.
  if (narrow.matches) content.querySelectorAll(".table").forEach(function (frame) { stop(frame, true); });
  var code = new IntersectionObserver(function (seen) {
    seen.forEach(function (one) {
      if (one.isIntersecting && one.target.scrollWidth > one.target.clientWidth + 1) one.target.tabIndex = 0;
    });
  });
  content.querySelectorAll("pre").forEach(function (block) { code.observe(block); });

  // --- sorting ---------------------------------------------------------------------------------

  var collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  var UNITS = { bytes: 1, b: 1, k: 1e3, kb: 1024, mb: 1048576, gb: 1073741824, tb: 1099511627776,
                thousand: 1e3, million: 1e6, billion: 1e9, ms: 1e-3, s: 1, min: 60, h: 3600, "%": 1 };

  function value(cell) {
    var text = cell ? cell.textContent.trim() : "";
    var number = /^(?:about |> |< |≈ )?(-?[\d,]*\d(?:\.\d+)?)\s*([a-z%]+)?$/i.exec(text);
    if (!number) return { text: text, number: null };
    var unit = number[2] ? UNITS[number[2].toLowerCase()] : 1;
    if (unit === undefined) return { text: text, number: null };
    return { text: text, number: parseFloat(number[1].replace(/,/g, "")) * unit };
  }

  function compared(a, b) {
    if (a.text === "" || b.text === "") return (a.text === "") - (b.text === "");
    if (a.number !== null && b.number !== null) return a.number - b.number;
    if (a.number !== null || b.number !== null) return a.number !== null ? -1 : 1;
    return collator.compare(a.text, b.text);
  }

  function sortable(frame) {
    sizes.observe(frame);
    var table = frame.firstElementChild;
    var body = table.tBodies[0];
    if (!table.tHead || body.rows.length < 3) return;
    var original = Array.from(body.rows);
    var heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach(function (head, column) {
      var press = button("sort");
      while (head.firstChild) press.append(head.firstChild);
      press.title = words.sort;
      head.append(press);
      press.addEventListener("click", function () {
        var state = head.getAttribute("aria-sort");
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        var rows = original.slice();
        if (state !== "descending") {
          var falling = state === "ascending";
          head.setAttribute("aria-sort", falling ? "descending" : "ascending");
          var keys = new Map(rows.map(function (row) { return [row, value(row.cells[column])]; }));
          rows.sort(function (a, b) {
            var one = keys.get(a);
            var other = keys.get(b);
            var order = compared(one, other);
            // What is empty stays at the end, whichever way round.
            return falling && one.text !== "" && other.text !== "" ? -order : order;
          });
        }
        body.append.apply(body, rows);
      });
    });
  }

  // --- diagrams --------------------------------------------------------------------------------

  var FULL = "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4";

  // Drawn, since no font has all these signs everywhere.
  function icon(press, path) {
    var svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    var line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("width", "16");
    svg.setAttribute("height", "16");
    svg.setAttribute("aria-hidden", "true");
    line.setAttribute("d", path);
    line.setAttribute("fill", "none");
    line.setAttribute("stroke", "currentColor");
    line.setAttribute("stroke-width", "1.5");
    svg.append(line);
    press.replaceChildren(svg);
  }

  function zoomable(figure) {
    var canvas = figure.querySelector(".canvas");
    var svg = canvas.querySelector("svg");
    var box = svg.viewBox.baseVal;
    var natural = parseFloat(svg.getAttribute("width")) || box.width;
    var scale = 0; // 0: as wide as there is room
    var bar = make("div", "tools");
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", words.diagram);
    var out = button("", words.zoom_out);
    var into = button("", words.zoom_in);
    var fit = button("", words.zoom_fit);
    var full = button("", words.zoom_full);
    icon(out, "M3 8h10");
    icon(into, "M3 8h10M8 3v10");
    icon(fit, "M1.5 8h13M4.5 5l-3 3 3 3M11.5 5l3 3-3 3");
    icon(full, FULL);
    bar.append(out, into, fit, full);
    figure.prepend(bar);
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "group");
    canvas.setAttribute("aria-label", svg.getAttribute("aria-label") + ". " + words.zoom_help);
    canvas.title = "";

    function width() { return svg.getBoundingClientRect().width; }

    function zoom(to, x, y) {
      var frame = canvas.getBoundingClientRect();
      x = x === undefined ? frame.width / 2 : x - frame.left;
      y = y === undefined ? frame.height / 2 : y - frame.top;
      var before = width();
      var placed = svg.getBoundingClientRect();
      var fx = (x - (placed.left - frame.left)) / placed.width;
      var fy = (y - (placed.top - frame.top)) / placed.height;
      scale = to === 0 ? 0 : Math.min(8, Math.max(0.1, to));
      figure.classList.toggle("zoomed", scale !== 0);
      svg.style.width = scale === 0 ? "" : natural * scale + "px";
      if (scale !== 0 && before > 0) {
        var now = svg.getBoundingClientRect();
        canvas.scrollLeft += now.left - frame.left + fx * now.width - x;
        canvas.scrollTop += now.top - frame.top + fy * now.height - y;
      }
    }

    function step(factor, x, y) { zoom((width() / natural) * factor, x, y); }

    out.addEventListener("click", function () { step(1 / 1.3); });
    into.addEventListener("click", function () { step(1.3); });
    fit.addEventListener("click", function () { zoom(0); });
    canvas.addEventListener("wheel", function (event) {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      step(Math.exp(-event.deltaY * 0.0025), event.clientX, event.clientY);
    }, { passive: false });
    canvas.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "+" || event.key === "=") step(1.3);
      else if (event.key === "-") step(1 / 1.3);
      else if (event.key === "0") zoom(0);
      else return;
      event.preventDefault();
    });

    var drag = null;
    canvas.addEventListener("pointerdown", function (event) {
      if (event.button !== 0 || event.pointerType === "touch" || scale === 0) return;
      drag = { x: event.clientX, y: event.clientY, left: canvas.scrollLeft, top: canvas.scrollTop, far: false };
    });
    canvas.addEventListener("pointermove", function (event) {
      if (!drag) return;
      var dx = event.clientX - drag.x;
      var dy = event.clientY - drag.y;
      if (!drag.far && Math.abs(dx) + Math.abs(dy) > 5) {
        drag.far = true;
        canvas.setPointerCapture(event.pointerId);
        canvas.classList.add("dragging");
      }
      if (drag.far) {
        canvas.scrollLeft = drag.left - dx;
        canvas.scrollTop = drag.top - dy;
      }
    });
    function dropped() {
      var far = drag && drag.far;
      drag = null;
      canvas.classList.remove("dragging");
      // The click that follows a drag is not meant for the table under it.
      if (far) canvas.addEventListener("click", stopped, { capture: true, once: true });
      setTimeout(function () { canvas.removeEventListener("click", stopped, true); }, 0);
    }
    function stopped(event) {
      event.preventDefault();
      event.stopPropagation();
    }
    canvas.addEventListener("pointerup", dropped);
    canvas.addEventListener("pointercancel", dropped);
    canvas.addEventListener("dragstart", function (event) { event.preventDefault(); });

    // Full screen is a dialog that borrows the figure: the browser keeps the focus in it, and Escape ends it.
    full.addEventListener("click", function () {
      if (figure.closest("dialog")) {
        figure.closest("dialog").close();
        return;
      }
      var dialog = make("dialog", "full");
      dialog.setAttribute("aria-label", svg.getAttribute("aria-label"));
      var stay = make("div");
      stay.style.height = figure.getBoundingClientRect().height + "px";
      figure.before(stay);
      dialog.append(figure);
      document.body.append(dialog);
      zoom(0);
      full.setAttribute("aria-label", words.close);
      full.title = words.close;
      icon(full, "M3.5 3.5l9 9M12.5 3.5l-9 9");
      dialog.addEventListener("click", function (event) {
        if (event.target.closest("a")) dialog.close();
      });
      dialog.addEventListener("close", function () {
        stay.replaceWith(figure);
        dialog.remove();
        zoom(0);
        full.setAttribute("aria-label", words.zoom_full);
        full.title = words.zoom_full;
        icon(full, FULL);
        full.focus({ preventScroll: true });
      });
      dialog.showModal();
      canvas.focus();
    });
  }

  // --- what a link leads to ----------------------------------------------------------------------

  var preview = null;
  var shownFor = null;
  var byPlace = null;
  var dismissed = null;
  var timer = 0;

  function relationOf(link) {
    if (byPlace === null) {
      byPlace = new Map();
      known().relations.forEach(function (relation) {
        if (!relation[3]) return;
        byPlace.set(new URL(base + relation[3], location.href).href, relation);
        var page = relation[3].split("#")[0];
        if (page) byPlace.set(new URL(base + page, location.href).href, relation);
      });
    }
    return byPlace.get(link.href);
  }

  function hide() {
    clearTimeout(timer);
    if (!preview) return;
    preview.remove();
    preview = null;
    if (shownFor) shownFor.removeAttribute("aria-describedby");
    shownFor = null;
  }

  function show(link, relation) {
    hide();
    preview = make("div", "preview");
    preview.id = "preview";
    preview.setAttribute("role", "tooltip");
    var name = make("p", "name");
    name.append(make("strong", "", relation[0]), " ", make("span", "kind", relation[1]));
    preview.append(name);
    if (relation[2]) preview.append(make("p", "about", relation[2]));
    var table = make("table");
    relation[4].slice(0, 10).forEach(function (column) {
      var row = make("tr");
      row.append(make("td", "mark", column[2]), make("td", "column", column[0]), make("td", "type", column[1]));
      table.append(row);
    });
    preview.append(table);
    if (relation[4].length > 10)
      preview.append(make("p", "more", filled(words.more_columns, { count: relation[4].length - 10 })));
    document.body.append(preview);
    shownFor = link;
    link.setAttribute("aria-describedby", "preview");
    beside();
    preview.addEventListener("pointerleave", soon);
    preview.addEventListener("pointerenter", function () { clearTimeout(timer); });
  }

  function beside() {
    var box = shownFor.getBoundingClientRect();
    var own = preview.getBoundingClientRect();
    var room = root.clientWidth;
    var below = box.bottom + 6 + own.height <= innerHeight || box.top < own.height + 6;
    preview.style.left = Math.max(8, Math.min(box.left, room - own.width - 8)) + "px";
    preview.style.top = (below ? box.bottom + 6 : box.top - own.height - 6) + "px";
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(hide, 180);
  }

  function aimed(event) {
    var link = event.target.closest ? event.target.closest("main a[href]") : null;
    return link && typeof link.href === "string" ? link : null; // links in drawings have tips of their own
  }

  document.addEventListener("pointerover", function (event) {
    if (event.pointerType === "touch") return;
    var link = aimed(event);
    if (!link || link === shownFor) {
      if (link) clearTimeout(timer);
      return;
    }
    var relation = link === dismissed ? null : relationOf(link);
    if (!relation) return;
    clearTimeout(timer);
    timer = setTimeout(function () { if (link.matches(":hover")) show(link, relation); }, 200);
  });
  document.addEventListener("pointerout", function (event) {
    var link = aimed(event);
    if (!link || link.contains(event.relatedTarget)) return;
    dismissed = null;
    soon();
  });
  document.addEventListener("focusin", function (event) {
    var link = aimed(event);
    var relation = link && link.matches(":focus-visible") ? relationOf(link) : null;
    if (relation) show(link, relation);
    else hide();
  });
  document.addEventListener("focusout", soon);
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    dismissed = shownFor; // until the pointer has left the link
    hide();
  });
  document.addEventListener("click", function (event) { if (!event.target.closest(".preview")) hide(); });
  addEventListener("scroll", function () {
    // The page also moves by itself, to a link that got the focus and where sections get their layout.
    if (!preview) return;
    if (shownFor === document.activeElement || shownFor.matches(":hover")) beside();
    else hide();
  }, { passive: true });
})();

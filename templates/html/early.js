(function () {
  "use strict";
  // Before anything is painted: the reader's choice of light or dark, and that scripts run.
  var root = document.documentElement;
  root.classList.add("scripts");
  try {
    var theme = localStorage.getItem("pgdossier-theme");
    if (theme === "light" || theme === "dark") root.setAttribute("data-theme", theme);
  } catch (refused) { /* storage may be switched off: the system's choice holds */ }
})();

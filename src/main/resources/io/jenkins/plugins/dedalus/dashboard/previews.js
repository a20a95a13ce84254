/* Keeps what shows a state up to date while somebody looks. Without scripts a reload does the same. */
(function () {
  "use strict";
  var PERIOD_MS = 5000;

  /* What a fetch is open for: another one would only wait behind it. */
  var open = new WeakSet();

  function refresh(element) {
    if (document.hidden || open.has(element) || element.contains(document.activeElement)) {
      return;
    }
    open.add(element);
    fetch(element.dataset.dedalusLive, { credentials: "same-origin", headers: { "X-Requested-With": "XMLHttpRequest" } })
      .then(function (answer) {
        return answer.ok ? answer.text() : null;
      })
      .then(function (html) {
        if (html === null || element.contains(document.activeElement)) {
          return;
        }
        var fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-dedalus-live]");
        if (fresh !== null && fresh.textContent !== element.textContent) {
          element.replaceChildren.apply(element, Array.from(fresh.childNodes));
          Behaviour.applySubtree(element);
        }
      })
      .catch(function () {
        /* Jenkins restarts, or the network is away: the next attempt tells. */
      })
      .finally(function () {
        open.delete(element);
      });
  }

  document.addEventListener("DOMContentLoaded", function () {
    setInterval(function () {
      document.querySelectorAll("[data-dedalus-live]").forEach(refresh);
    }, PERIOD_MS);
  });
})();

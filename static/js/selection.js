/* Counts the ticked rows of a table and lets the batch bar's buttons work only when something is ticked. */

function picks(bar) {
  return Array.from(document.querySelectorAll('[data-pick][form="' + bar.dataset.batch + '"]'));
}

function refresh() {
  document.querySelectorAll("[data-batch]").forEach(function (bar) {
    const boxes = picks(bar);
    const chosen = boxes.filter(function (box) {
      return box.checked;
    });
    boxes.forEach(function (box) {
      const row = box.closest("tr");
      if (row) {
        row.classList.toggle("is-chosen", box.checked);
      }
    });
    bar.querySelector("[data-batch-count]").textContent = chosen.length
      ? "已选 " + chosen.length + " 项"
      : "请勾选要办理的申报";
    bar.querySelectorAll("button:not([data-everything])").forEach(function (button) {
      button.disabled = chosen.length === 0;
    });
    document.querySelectorAll("[data-pick-all]").forEach(function (all) {
      all.checked = boxes.length > 0 && chosen.length === boxes.length;
      all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
    });
  });
}

document.addEventListener("change", function (event) {
  if (event.target.matches("[data-pick-all]")) {
    const table = event.target.closest("table");
    table.querySelectorAll("[data-pick]").forEach(function (box) {
      box.checked = event.target.checked;
    });
  }
  refresh();
});
document.addEventListener("htmx:afterSettle", refresh);
window.addEventListener("pageshow", refresh);

/* With a mouse the files are put in order by dragging; the buttons 前移 and 后移 do the same for everybody. */

let dragged = null;

function ready() {
  document.querySelectorAll("[data-order-url] [data-paper]:not([data-away])").forEach(function (tile) {
    tile.draggable = true;
  });
}

function watch() {
  document.addEventListener("dragstart", function (event) {
    const tile = event.target.closest && event.target.closest("[data-order-url] [data-paper]:not([data-away])");
    if (tile) {
      dragged = tile;
      tile.classList.add("tile-dragged");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", tile.dataset.name);
    }
  });

  document.addEventListener("dragover", function (event) {
    const over = dragged && event.target.closest && event.target.closest("[data-order-url] [data-paper]:not([data-away])");
    if (over) {
      event.preventDefault();
      if (over !== dragged) {
        const after = dragged.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING;
        over.parentNode.insertBefore(dragged, after ? over.nextSibling : over);
      }
    }
  });

  document.addEventListener("drop", function (event) {
    if (dragged) {
      event.preventDefault();
    }
  });

  document.addEventListener("dragend", function () {
    const list = dragged && dragged.closest("[data-order-url]");
    if (list) {
      dragged.classList.remove("tile-dragged");
      dragged = null;
      const order = Array.from(list.querySelectorAll("[data-paper]:not([data-away])")).map(function (tile) { return tile.dataset.paper; });
      window.htmx.ajax("POST", list.dataset.orderUrl, { target: "#missing", swap: "outerHTML", values: { order: order } });
    }
  });
}

if (window.matchMedia("(pointer: fine)").matches) {
  watch();
  document.addEventListener("evidence:shown", ready);
  document.addEventListener("htmx:afterSettle", ready);
  ready();
}

/* The rules page: the table narrows while one types; a link into what is folded opens it. */

const box = document.querySelector("[data-find-box]");

function narrow() {
  const wanted = box.querySelector("input").value.replace(/\s+/g, "").toLowerCase();
  let found = 0;
  document.querySelectorAll("[data-find]").forEach(function (row) {
    const fits = row.textContent.replace(/\s+/g, "").toLowerCase().includes(wanted);
    row.hidden = !fits;
    found += fits ? 1 : 0;
  });
  box.querySelector("[data-found]").textContent = wanted ? (found ? `找到 ${found} 种形式` : "没有找到，请换个说法，或者看下面的逐项细则") : "";
}

function unfold() {
  const id = decodeURIComponent(window.location.hash.slice(1));
  const target = id && document.getElementById(id);
  const fold = target && target.closest("details");
  if (fold && !fold.open) {
    fold.open = true;
    target.scrollIntoView();
  }
}

if (box) {
  box.hidden = false;
  box.addEventListener("input", narrow);
  narrow(); // what a reloaded page still holds
}
window.addEventListener("hashchange", unfold);
unfold();

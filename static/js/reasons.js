/* Ready reasons: a tap adds the sentence to the opinion, once. */

function show() {
  document.querySelectorAll("[data-reasons]").forEach(function (box) {
    box.hidden = !document.getElementById(box.dataset.reasons);
  });
}

document.addEventListener("click", function (event) {
  const chip = event.target.closest("[data-reason]");
  if (!chip) {
    return;
  }
  const opinion = document.getElementById(chip.closest("[data-reasons]").dataset.reasons);
  const sentence = chip.dataset.reason;
  if (!opinion.value.includes(sentence)) {
    opinion.value += (opinion.value.trim() ? "\n" : "") + sentence;
    opinion.dispatchEvent(new Event("input", { bubbles: true }));
  }
  opinion.focus();
});

document.addEventListener("DOMContentLoaded", show);
document.addEventListener("htmx:afterSettle", show);

/* 全选, 全不选 over a list or a table of boxes, and how many are ticked (data-ticks: of what, 人 by itself). Without
   script each is ticked by itself. */

function boxesOf(section) {
  return Array.from(section.querySelectorAll('.field-choices input[type="checkbox"], td input[type="checkbox"]'));
}

function count(section) {
  const ticked = boxesOf(section).filter(function (box) {
    return box.checked;
  });
  section.querySelector("[data-ticked]").textContent = "已选 " + ticked.length + " " + (section.getAttribute("data-ticks") || "人");
}

document.querySelectorAll("[data-ticks]").forEach(function (section) {
  section.querySelector("[data-tick-bar]").hidden = false;
  section.querySelectorAll("[data-tick]").forEach(function (button) {
    button.addEventListener("click", function () {
      boxesOf(section).forEach(function (box) {
        box.checked = button.getAttribute("data-tick") === "all";
      });
      count(section);
    });
  });
  section.addEventListener("change", function () {
    count(section);
  });
  count(section);
});

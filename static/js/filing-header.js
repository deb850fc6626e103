/* 基本信息: choosing a unit fills in its nature and place where nothing is chosen yet; 子专业 follows 申报大类. */

function fill(id, value) {
  const field = document.getElementById(id);
  if (field && !field.value && value) {
    field.value = value;
  }
}

document.addEventListener("change", function (event) {
  const radio = event.target.closest('input[name="employer"]');
  if (radio && radio.value) {
    fill("id_nature", radio.dataset.nature);
    fill("id_region", radio.dataset.region);
  } else if (radio) {
    document.getElementById("id_nature").value = "freelance";
  }
});

document.addEventListener("DOMContentLoaded", function () {
  const series = document.getElementById("id_title_series");
  const list = document.getElementById("specialties");
  if (!series || !list) {
    return;
  }
  const all = Array.from(list.children);
  function narrow() {
    const fitting = all.filter(function (option) {
      return option.dataset.series === series.value;
    });
    list.replaceChildren.apply(list, fitting.length ? fitting : all);
  }
  series.addEventListener("change", narrow);
  narrow();
});

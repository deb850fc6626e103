/* 基本信息: a chosen unit fills in its nature and place; 子专业 follows 申报大类. */

const NATURE = "id_nature";
const REGION = "id_region";
const FREELANCE = "freelance";

function byId(id) {
  return document.getElementById(id);
}

function radios() {
  return Array.from(document.querySelectorAll('input[name="employer"]'));
}

/* Puts the value there and returns its words, or nothing where it stood there already. */
function put(id, value) {
  const field = byId(id);
  const before = field.value;
  field.value = value;
  return field.value === before ? "" : field.options[field.selectedIndex].text.trim();
}

function say(sentence) {
  byId("filled-in").textContent = sentence;
}

/* Only where either place may count is there anything to ask. */
function askAnchor(radio) {
  byId("anchor").hidden = !radio || !radio.dataset.anchors;
}

function chooseUnit(radio) {
  const nature = put(NATURE, radio.dataset.nature);
  const region = put(REGION, radio.dataset.region);
  const parts = [nature && `单位性质（${nature}）`, region && `行政区划名称（${region}）`].filter(Boolean);
  say(parts.length ? `${parts.join("、")}已按单位登记填入，可改。` : "");
  document.querySelector('input[name="placed_for"]').value = radio.value;
  byId("id_employer_name").value = ""; /* what is still typed there is a search that has not ended */
}

function chooseNone() {
  put(NATURE, FREELANCE);
  say("已填为自由职业，行政区划请选人事档案所在地。");
  document.querySelector('input[name="placed_for"]').value = "";
  byId("id_employer_name").value = "";
}

/* 自由职业 has no unit, and who has one is not 自由职业. */
function followNature(nature) {
  const none = radios().find(function (radio) {
    return !radio.value;
  });
  if (nature === FREELANCE) {
    none.checked = true;
    say("已改为没有工作单位，行政区划请选人事档案所在地。");
  } else if (none.checked) {
    none.checked = false;
    say("请选择单位名称。");
  }
  askAnchor(
    radios().find(function (radio) {
      return radio.checked;
    }),
  );
}

document.addEventListener("change", function (event) {
  const radio = event.target.closest('input[name="employer"]');
  if (radio) {
    askAnchor(radio);
    if (radio.value) {
      chooseUnit(radio);
    } else {
      chooseNone();
    }
  } else if (event.target.id === NATURE) {
    followNature(event.target.value);
  }
});

document.addEventListener("DOMContentLoaded", function () {
  const series = byId("id_title_series");
  const list = byId("specialties");
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

/* Says at once when a chosen file is too large, before minutes of uploading, and opens the years of an earlier slip
   when one is chosen. The server decides all the same. */
(function () {
  "use strict";

  function look(input, limit) {
    const large = Array.from(input.files).filter(function (file) {
      return file.size > limit * 1024 * 1024;
    });
    let says = input.parentNode.querySelector("[data-says]");
    if (!says) {
      says = document.createElement("p");
      says.className = "field-error";
      says.dataset.says = "";
      says.setAttribute("role", "alert");
      input.parentNode.insertBefore(says, input);
    }
    says.textContent = large.length
      ? large.map(function (file) { return "「" + file.name + "」超过 " + limit + " MB，请压缩后再选择。"; }).join("")
      : "";
  }

  document.addEventListener("change", function (event) {
    const form = event.target.form;
    if (event.target.type === "file" && form && form.dataset.limit) {
      look(event.target, Number(form.dataset.limit));
    }
    const row = event.target.closest("fieldset");
    const years = row && row.querySelector("[data-prior]");
    if (years && event.target.tagName === "SELECT") {
      years.open = event.target.value === years.dataset.prior;
    }
  });

  document.addEventListener("submit", function (event) {
    const button = event.target.dataset.limit && event.target.querySelector("button[type=submit]");
    if (button) {
      button.lastChild.textContent = "正在上传…";
    }
  });
})();

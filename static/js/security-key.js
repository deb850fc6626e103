/* Security keys: the browser asks the key, and its answer goes with the form as text. Without a script, or where a
   browser knows no keys, the button stays hidden and the other ways remain. */

function options() {
  return JSON.parse(document.getElementById("security-key-options").textContent);
}

function prepare(form) {
  const button = form.querySelector("[data-security-key-button]");
  const says = form.querySelector("[data-security-key-says]");
  const answer = form.querySelector("input[type=hidden][name$=credential]");
  if (!button || !window.PublicKeyCredential || !window.webauthnJSON) {
    return;
  }
  button.hidden = false;
  button.addEventListener("click", function () {
    button.disabled = true;
    window.webauthnJSON[form.dataset.securityKey](options())
      .then(function (credential) {
        answer.value = JSON.stringify(credential);
        form.submit();
      })
      .catch(function () {
        button.disabled = false;
        says.textContent = says.dataset.failed;
      });
  });
}

document.querySelectorAll("[data-security-key]").forEach(prepare);

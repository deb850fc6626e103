/* A list of kinds of activity narrows to what the words may mean; the server finds the same (rules/catalogue.py). */

function fits(item, word) {
  const also = item.dataset.also.split(" ").filter(Boolean);
  return (
    item.dataset.words.includes(word) ||
    also.some(function (each) {
      return each.includes(word) || word.includes(each);
    })
  );
}

/* Returns how many are left. `input` names its list in data-look-for. */
export function narrow(input) {
  const list = document.getElementById(input.dataset.lookFor);
  const words = input.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  list.querySelectorAll("[data-group]").forEach(function (group) {
    let here = 0;
    group.querySelectorAll("[data-words]").forEach(function (item) {
      item.hidden = !words.every(function (word) {
        return fits(item, word);
      });
      here += item.hidden ? 0 : 1;
    });
    group.hidden = !here;
    found += here;
  });
  list.querySelector("[data-nothing]").hidden = found > 0;
  return found;
}

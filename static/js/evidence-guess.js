/* What a file is likely to be, by its name and by what is still missing. */

/* The range of an earlier slip: 2019-2023, 2019—2023 年, 2019至2023. */
const RANGE = /((?:19|20)\d{2})\s*年?\s*[-_~—–－～至到]+\s*((?:19|20)\d{2})/;

export function rangeIn(name) {
  const found = RANGE.exec(name);
  return found && found[1] <= found[2] ? { from: found[1], to: found[2] } : null;
}

/* The document whose name is in the file's name: whoever named the file said so. */
export function kindIn(name, known) {
  return Object.keys(known)
    .filter(function (key) { return name.indexOf(known[key].replace(/[《》]/g, "")) >= 0 || name.indexOf(known[key]) >= 0; })
    .sort(function (one, other) { return known[other].length - known[one].length; })[0] || "";
}

export function keyOf(slot) {
  return slot.dataset.for + " " + slot.dataset.slot;
}

/* The missing papers that a file fills which is there and waits to be looked at. */
export function waitingFor(slots, tiles) {
  return slots.filter(function (slot) {
    return tiles.some(function (tile) {
      return slot.dataset.slot.split(" ").indexOf(tile.dataset.unlooked) >= 0 && tile.dataset.ties.indexOf(slot.dataset.for) >= 0;
    });
  }).map(keyOf);
}

/* The first missing paper that no other file was given yet: a guess, which somebody has to look at. */
export function firstOpen(slots, given) {
  const open = slots.find(function (slot) { return given.indexOf(keyOf(slot)) < 0; });
  return open ? { kind: open.dataset.slot.split(" ")[0], proves: open.dataset.for, given: keyOf(open) } : null;
}

/* Of a kind that somebody said: the missing paper it fills, so that no second file is guessed to fill it. */
export function filledBy(slots, kind, given) {
  const slot = slots.find(function (each) {
    return each.dataset.slot.split(" ").indexOf(kind) >= 0 && given.indexOf(keyOf(each)) < 0;
  });
  return slot ? keyOf(slot) : "";
}

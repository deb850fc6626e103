// What of a style sheet Chromium 86 does not understand: selectors, at-rules, properties, words of values.
import selectors from "postcss-selector-parser";
import values from "postcss-value-parser";

import { below, data, described, has, namesIn } from "./chromium86.mjs";

const { properties, selectors: pseudos, types, "at-rules": rules } = data.css;
const PROPERTIES = namesIn(properties);
const PSEUDOS = new Set([...namesIn(pseudos)].map((name) => name.replace(/^:+|\(\)$/g, "")));
const FEATURES = namesIn(rules.media);
const RULES = namesIn(rules);
const LENGTHS = "% px em rem ex ch vw vh vmin vmax cm mm in pt pc q";
const UNITS = new Set(`${LENGTHS} deg rad grad turn s ms fr dpi dpcm dppx x hz khz`.split(" "));
// Other engines' spellings, and Chromium's own, of which it has invented none since 2013: not younger than 86.
const PREFIXED = /^-(webkit|moz|ms|o)-/;
const COLOUR = new Set(Object.keys(types.color));

// What the tables tell in words instead of in CSS: property, value, and what it is called there.
const TOLD_IN_WORDS = [
  [/^display$/, /^\S+ \S/, "multi-keyword_values"],
  [/^white-space$/, /^\S+ \S/, "shorthand_values"],
  [/^text-overflow$/, /^\S+ \S/, "two_value_syntax"],
  [/^text-decoration$/, /(^| )(\.?\d\S*|from-font)( |$)/, "includes_thickness"],
  [/^background-position-[xy]$/, /(left|right|top|bottom) \S/, "side-relative_values"],
  [/^rotate$/, /^(\S+ \S|.* [xyz]$)/, "x_y_z_angle"],
  [/^(align|justify|place)-/, /\blast baseline\b/, "last_baseline"],
  [/^contain-intrinsic/, /\bauto\b/, "auto_none"],
  [/^(?!content$)/, /\battr\(/, "attr() outside of content"],
  [/^src$/, /\btech\(/, "tech()"],
  [/^src$/, /\bformat\(\s*\w/, "format() without quotes"],
  [/^clip-path$/, /\bpath\(/, "path() as a clipping path"],
];

const spelled = (key) => key.replace(/(_function|-function|_value)$/, "").toLowerCase();

/** What `node` says about a word: true, false, or undefined when it does not name it. */
function saysOf(node, word) {
  const found = [...below(node)].filter(([key, inner]) => described(inner) && spelled(key) === word);
  if (!found.length) return undefined;
  return found.some(([key, inner]) => has(inner, key));
}

const remembered = new Map();
function once(key, reckon) {
  if (!remembered.has(key)) remembered.set(key, reckon());
  return remembered.get(key);
}

const inTypes = (name) => once(`type ${name}`, () => saysOf(types, name.replace(/^(rgb|hsl)a$/, "$1")));
const inProperty = (property, word) => once(`${property} ${word}`, () => saysOf(properties[property], word));
const inAnyProperty = (name) => once(`any ${name}`, () => saysOf(properties, name));

/** Where a keyword of the same name is older, the tables have the function apart. */
function calledFunction(property, name) {
  const all = [...below(properties[property]), ...below(types)];
  return all.find(([key]) => [`${name}_function`, `${name}-function`].includes(key))?.[1];
}

function youngFunction(property, name) {
  if (name === "rect" && property === "clip") return false;
  if (PREFIXED.test(name)) return false;
  const asFunction = once(`${property} ${name}()`, () => calledFunction(property, name));
  const said = asFunction ? has(asFunction) : (inProperty(property, name) ?? inTypes(name));
  return !(said ?? inAnyProperty(name) ?? false);
}

function* wordsOf(property, node, around) {
  const number = values.unit(node.value);
  if (number) {
    if (number.unit && !UNITS.has(number.unit.toLowerCase())) yield number.unit;
    return;
  }
  const word = node.value.toLowerCase();
  const everywhere = [types.global_keywords, types.color["system-color"]].map((each) => saysOf(each, word));
  const here = around ? saysOf(typeOf(around), word) : inProperty(property, word);
  const overflow = !around && /^overflow(-|$)/.test(property) ? saysOf(types.overflow, word) : undefined;
  if ([here, ...everywhere].includes(false) || (here === undefined && overflow === false)) yield word;
}

function typeOf(name) {
  for (const [key, inner] of below(types)) if (spelled(key) === name && described(inner)) return inner;
  return {};
}

const plain = (node) => node.nodes.filter((each) => each.type === "word");

function* gradientsOf(node) {
  const stops = values.stringify(node.nodes).split(/,(?![^(]*\))/);
  if (plain(node).some((each) => each.value === "in")) yield "interpolation_color_space";
  if (stops.length - /^\s*(to |from |at |circle|ellipse|-?[\d.]+(deg|turn|rad))/.test(stops[0]) < 2) {
    yield "single_color_stop";
  }
}

function* coloursOf(name, node) {
  const parts = plain(node).map((each) => each.value);
  if (parts[0] === "from") yield "relative_syntax";
  const percents = parts.slice(0, 3).map((part) => part.endsWith("%"));
  const numbers = parts.length >= 3 && parts.slice(0, 3).every((part) => /^[\d.]+(deg|turn|rad|%)?$/.test(part));
  if (numbers && name.startsWith("rgb") && new Set(percents).size > 1) yield "mixed_type_parameters";
  if (numbers && name.startsWith("hsl") && !(percents[1] && percents[2])) yield "mixed_type_parameters";
}

function* partsOf(property, nodes, around = "") {
  for (const node of nodes) {
    if (node.type === "word") yield* wordsOf(property, node, around);
    if (node.type !== "function" || !node.value) {
      if (node.nodes) yield* partsOf(property, node.nodes, around); // plain brackets, as in calc()
      continue;
    }
    const name = node.value.toLowerCase();
    if (youngFunction(property, name)) yield `${name}()`;
    if (name.endsWith("-gradient")) yield* gradientsOf(node);
    if (COLOUR.has(name.replace(/a$/, ""))) yield* coloursOf(name, node);
    const type = name === "calc" || name in types.calc ? "calc-keyword" : name;
    if (name !== "var" && name !== "url") yield* partsOf(property, node.nodes, type);
  }
}

/** Names of what Chromium 86 lacks in `property: value`. */
export function inDeclaration(property, value, rule = "") {
  const name = property.toLowerCase();
  const own = name.startsWith("--");
  const descriptor = rules[rule]?.[name];
  const known = descriptor ? has(descriptor, name) : own || PREFIXED.test(name) || PROPERTIES.has(name);
  if (!known) return [name];
  const parsed = values(value);
  const words = TOLD_IN_WORDS.filter(([where, what]) => !own && where.test(name) && what.test(value));
  return [...words.map(([, , said]) => said), ...partsOf(name, descriptor ? [] : parsed.nodes)];
}

const SIMPLE = new Set(["tag", "class", "id", "attribute", "universal", "pseudo"]);
const oneSimple = (node) =>
  node.nodes.length === 1 && node.first.nodes.length === 1 && SIMPLE.has(node.first.first.type);

/** Chromium drops a whole list for one foreign selector in it, and takes any ::-webkit-…. */
const aloneOrOurs = (node) => node.value.startsWith("::-webkit-") || node.parent.parent.nodes.length === 1;

function* inPseudo(node) {
  const name = node.value.replace(/^:+/, "").toLowerCase();
  if (!PSEUDOS.has(name) && !(PREFIXED.test(name) && aloneOrOurs(node))) yield node.value;
  if (name === "not" && (!oneSimple(node) || node.first.first.value === ":not")) yield ":not() of more than one";
  if (/^nth-(last-)?child$/.test(name) && / of /.test(String(node))) yield `${node.value}(… of …)`;
  if (name === "lang" && (node.nodes.length > 1 || /["*]/.test(String(node)))) yield ":lang() of more than one";
}

/** Names of what Chromium 86 lacks in a selector; a selector that cannot be read is one of them. */
export function inSelector(text) {
  const found = /::[\w-]+(\([^)]*\))?::(?!-webkit)/.test(text) ? ["::…::…"] : [];
  try {
    selectors((tree) => {
      tree.walkPseudos((node) => found.push(...inPseudo(node)));
      tree.walkNesting(() => found.push("&"));
      tree.walkCombinators((node) => node.value.trim() === "||" && found.push("||"));
      tree.walkAttributes((node) => node.raws.insensitiveFlag === "s" && found.push("[… s]"));
    }).processSync(text);
  } catch (trouble) {
    found.push(trouble.message);
  }
  return found;
}

/** Names of what Chromium 86 lacks in a media query. */
export function inMedia(query) {
  const found = [];
  if (/[<>]|\(\s*[\d.]+\w*\s*=|=\s*[\d.]/.test(query)) found.push("range_syntax");
  if (/\bor\b|\)\s*and\s+not\b|^\s*not\s*\(|\(\s*(not\b|\()/.test(query)) found.push("or_syntax");
  for (const [, name, value] of query.matchAll(/\(\s*([-\w]+)\s*(?::\s*([-\w]+))?/g)) {
    const feature = name.replace(/^(-webkit-)?(min|max)-/, "$1");
    if (name === "not") continue;
    if (!FEATURES.has(feature) && !FEATURES.has(name)) found.push(name);
    else if (value && saysOf(rules.media[feature], value) === false) found.push(`${name}: ${value}`);
  }
  return found;
}

function inSupports(condition) {
  const found = condition.match(/\b(at-rule|font-format|font-tech|named-feature)(?=\()/g) ?? [];
  return found.map((name) => `@supports ${name}()`);
}

function inImport(line) {
  const found = line.replace(/"[^"]*"|'[^']*'|url\([^)]*\)/, "").match(/\b(layer|supports)\b/g) ?? [];
  return found.map((name) => `@import ${name}`);
}

/** Is this a condition that Chromium 86 answers with no? What stands behind it is for younger browsers. */
export function forYounger(atRule) {
  if (atRule.name !== "supports" || /\b(not|or)\b/.test(atRule.params)) return false;
  const tests = [...atRule.params.matchAll(/\(\s*([-\w]+)\s*:([^()]*(?:\([^()]*\))?[^()]*)\)/g)];
  const asked = [...atRule.params.matchAll(/selector\((.*)\)\s*$/g)];
  return (
    tests.some(([, property, value]) => inDeclaration(property, value.trim()).length > 0) ||
    asked.some(([, selector]) => inSelector(selector).length > 0)
  );
}

/** Names of what Chromium 86 lacks in the line of an at-rule, not in its block. */
export function inAtRule(atRule) {
  const name = atRule.name.toLowerCase();
  if (!RULES.has(name) && !/^-webkit-keyframes$/.test(name)) return [`@${name}`];
  if (atRule.parent.type === "rule") return [`@${name} inside a rule`];
  if (name === "media") return inMedia(atRule.params);
  if (name === "supports") return inSupports(atRule.params);
  return name === "import" ? inImport(atRule.params) : [];
}

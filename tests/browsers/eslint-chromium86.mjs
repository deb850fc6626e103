// What of a script's built-ins and web interfaces Chromium 86 lacks. Younger syntax is the business of es-x.
import { below, data, described, has, namesIn, present } from "./chromium86.mjs";
import { inDeclaration, inMedia, inSelector } from "./younger-styles.mjs";

const builtins = data.javascript.builtins;
const OWNERS = { ...data.api, ...builtins, ...builtins.Intl };
const KEYS_OF_OPTIONS = /^(?:(?:options?|init|descriptor|params)_(\w+?)(?:_parameter)?|(\w+)_option)$/;
const SELECTING = new Set(["querySelector", "querySelectorAll", "matches", "closest"]);
const ITERATING = new Set(["entries", "keys", "matchAll", "values"]);
const SETTING = new Set(["setAttribute", "toggleAttribute"]);
const ATTRIBUTES = [data.html.global_attributes, ...Object.values(data.html.elements)];
const ELEMENTS = namesIn(data.html.elements);

/** Notes for each name whether Chromium 86 has it anywhere. */
class Known {
  #names = new Map();

  add(name, there) {
    this.#names.set(name, there || Boolean(this.#names.get(name)));
  }

  lacks(name) {
    return this.#names.get(name) === false;
  }
}

const members = new Known();
const events = new Known();
const globals = new Known();
const options = new Map(); // name of the function -> Known keys of its options

for (const [name, owner] of Object.entries(OWNERS)) {
  globals.add(name, has(owner));
  if (!present(owner)) continue; // who cannot get the object cannot ask for its members
  for (const [key, node] of Object.entries(owner)) {
    if (!described(node)) continue;
    if (key.endsWith("_event")) events.add(key.slice(0, -"_event".length), has(node));
    else if (key !== name && !key.endsWith("_static")) members.add(key, has(node));
    noteOptions(key.replace(/_static$/, ""), node);
  }
  noteOptions(name, owner); // functions such as fetch
}
for (const [name, node] of Object.entries(data.api.Window)) if (described(node)) globals.add(name, has(node));
for (const name of Object.keys(builtins.Intl)) {
  if (builtins[name] === undefined) globals.add(name, true); // there is no global Locale
}

function noteOptions(called, node) {
  if (!options.has(called)) options.set(called, new Known());
  for (const [key, inner, above] of below(node)) {
    const [, first, second] = key.match(KEYS_OF_OPTIONS) ?? [];
    const plain = above[above.length - 1] === "options_parameter" && /^[a-z]+$/i.test(key) ? key : undefined;
    const name = first ?? second ?? plain;
    if (name && described(inner)) options.get(called).add(name, has(inner));
  }
}

const text = (node) => {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  return node?.type === "TemplateLiteral" ? node.quasis.map((each) => each.value.cooked).join("x") : undefined;
};
const nameOf = (member) => (member.computed ? text(member.property) : member.property.name);
const lastName = (node) => (node.type === "MemberExpression" ? nameOf(node) : node.name);
const hyphen = (letter) => `-${letter.toLowerCase()}`;
const dashed = (name) => name.replace(/[A-Z]/g, hyphen).replace(/^webkit/, "-webkit");
const capital = (name) => name[0].toUpperCase() + name.slice(1);
const isAsked = (node) => node.parent.type === "UnaryExpression" && node.parent.operator === "typeof";

function create(context) {
  const report = (node, what) => context.report({ node, message: `Chromium 86 lacks ${what}` });
  const variableOf = (node) => {
    for (let scope = context.sourceCode.getScope(node); scope; scope = scope.upper) {
      const variable = scope.set.get(node.name);
      if (variable) return variable;
    }
    return undefined;
  };
  const isGlobal = (node) => !variableOf(node)?.defs.length;

  /** The interface of an object, where the script itself says which it is. */
  function interfaceOf(object) {
    if (object.type === "NewExpression") return object.callee.name;
    if (object.type === "CallExpression" && object.callee.type === "MemberExpression") {
      const iterates = ITERATING.has(nameOf(object.callee)) && object.callee.object.name !== "Object";
      return iterates ? "Iterator" : undefined;
    }
    if (object.type === "Identifier" && !isGlobal(object)) {
      const [{ type, node }] = variableOf(object).defs;
      const stays = type === "Variable" && node.parent.kind === "const" && node.init;
      return stays ? interfaceOf(node.init) : undefined;
    }
    const path = lastName(object);
    return path && path !== capital(path) ? capital(path) : undefined; // document, navigator.storage
  }

  /** Does the owner, where it is known which it is, say that it has no such member? */
  function lackedByOwner(object, name) {
    const isName = object.type === "Identifier" ? isGlobal(object) : object.type === "MemberExpression";
    const owner = isName ? OWNERS[lastName(object)] : undefined;
    const node = owner?.[`${name}_static`] ?? owner?.[name] ?? OWNERS[interfaceOf(object)]?.[name];
    return described(node) ? !has(node) : undefined;
  }

  function member(node) {
    const name = nameOf(node);
    if (name === undefined) return;
    const { object } = node;
    const on = lastName(object);
    if (on === "dataset") return;
    if (on === "style" && !(name in data.api.CSSStyleDeclaration)) {
      if (inDeclaration(dashed(name), "inherit").length) report(node, `style.${name}`);
      return;
    }
    const windowed = ["window", "self", "globalThis"].includes(on) && globals.lacks(name);
    const lacked = lackedByOwner(object, name) ?? (members.lacks(name) || windowed);
    if (lacked) report(node, `${on ?? "…"}.${name}`);
    if (name.startsWith("on") && events.lacks(name.slice(2))) report(node, name);
  }

  function words(node, called) {
    const [first, second] = node.arguments.map(text);
    if (first === undefined) return;
    const lacking = [];
    if (/^(add|remove)EventListener$/.test(called) && events.lacks(first)) lacking.push(`the event ${first}`);
    if (SELECTING.has(called)) lacking.push(...inSelector(first));
    if (called === "matchMedia") lacking.push(...inMedia(first));
    if (called === "setProperty") lacking.push(...inDeclaration(first, second ?? "inherit"));
    for (const what of lacking) report(node, what);
    if (called === "createElement" && !first.includes("-") && !ELEMENTS.has(first)) report(node, `<${first}>`);
    if (SETTING.has(called)) attribute(node, first);
  }

  function attribute(node, name) {
    const said = ATTRIBUTES.map((each) => each[name]).filter(described);
    if (said.length && !said.some((each) => has(each))) report(node, `the attribute ${name}`);
  }

  function call(node) {
    const called = lastName(node.callee);
    if (!called) return;
    if (node.type === "CallExpression") words(node, called);
    else construct(node, called);
    for (const { key } of node.arguments.flatMap((each) => each.properties ?? []).filter((each) => each.key)) {
      const name = key.name ?? key.value;
      if (options.get(called)?.lacks(name)) report(key, `the option ${name} of ${called}`);
    }
  }

  function construct(node, called) {
    const made = OWNERS[called]?.[called];
    if (described(made) && !has(made) && has(OWNERS[called])) report(node, `new ${called}()`);
    if (called === "FormData" && node.arguments.length > 1) report(node, "the submitter of new FormData");
  }

  return {
    MemberExpression: member,
    CallExpression: call,
    NewExpression: call,
    "Program:exit"(program) {
      const scope = context.sourceCode.getScope(program);
      const predefined = scope.variables.filter((each) => !each.defs.length).flatMap((each) => each.references);
      for (const { identifier } of [...scope.through, ...predefined]) {
        if (globals.lacks(identifier.name) && !isAsked(identifier)) report(identifier, identifier.name);
      }
    },
  };
}

export default { rules: { "chromium-86": { meta: { type: "problem", schema: [] }, create } } };

// An ES module as a generator function with live bindings, by rewriting its text over acorn's tree.
//
//   (function* (__export, __meta, __import, __ns, __i0, …) { "use strict"; __export({ name: () => name }); yield; BODY })
//
// The first next() instantiates: hoisted functions exist, exports are getters, so that they are live and throw before
// their time by themselves. The second runs the body up to its end, or to a top-level await, which is a yield. A
// reference to an imported name becomes a member of __iN, where N is the module request. Lines stay where they are.
'use strict';

const acorn = require('lib/acorn');
const { eachChild, isFunction } = require('internal/modules/tree');
const { visitors, assigned, namesOf } = require('internal/modules/references');
const using = () => require('internal/modules/using');

const nameOf = (node) => (node.type === 'Literal' ? node.value : node.name);
const isAnonymous = (node) => (isFunction(node) || /^Class/.test(node.type)) && !node.id;

class Transform {
  constructor(code) {
    this.code = code;
    this.edits = []; // [start, end, text]
    this.imports = []; // { specifier, attributes }
    this.requests = new Map();
    this.bindings = new Map(); // local name -> expression
    this.exports = []; // { name, expression } or { name, from, imported }
    this.stars = [];
    this.names = []; // [request, name] that must be there
    this.tail = '';
    this.hasAwait = false;
    this.depth = 0; // functions around
    this.scope = null;
  }

  edit(start, end, text) { this.edits.push([start, end, text, this.edits.length]); }

  blank(start, end) {
    this.edit(start, end, '\n'.repeat(this.code.slice(start, end).split('\n').length - 1));
  }

  request(node) {
    const attributes = {};
    for (const one of node.attributes ?? []) attributes[nameOf(one.key)] = one.value.value;
    const key = `${node.source.value}\0${attributes.type ?? ''}`;
    let index = this.requests.get(key);
    if (index === undefined) {
      index = this.imports.length;
      this.requests.set(key, index);
      this.imports.push({ specifier: node.source.value, attributes });
    }
    return index;
  }

  member(index, name) {
    return /^[A-Za-z_$][\w$]*$/.test(name) ? `__i${index}.${name}` : `__i${index}[${JSON.stringify(name)}]`;
  }

  importDeclaration(node) {
    const index = this.request(node);
    for (const one of node.specifiers) {
      const local = one.local.name;
      if (one.type === 'ImportNamespaceSpecifier') {
        this.bindings.set(local, `__ns(${index})`);
        continue;
      }
      const name = one.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(one.imported);
      this.names.push([index, name]);
      this.bindings.set(local, this.member(index, name));
      this.exported ??= new Map();
      this.exported.set(local, { index, name });
    }
    this.blank(node.start, node.end);
  }

  exportNamed(node) {
    if (node.source) {
      const index = this.request(node);
      for (const one of node.specifiers) {
        const imported = nameOf(one.local);
        this.names.push([index, imported]);
        this.exports.push({ name: nameOf(one.exported), from: index, imported });
      }
      this.blank(node.start, node.end);
    } else if (node.declaration) {
      const declared = node.declaration;
      const names = declared.id ? [declared.id.name] : declared.declarations.flatMap((one) => namesOf(one.id, []));
      for (const name of names) this.exports.push({ name, expression: name });
      this.edit(node.start, declared.start, '');
    } else {
      for (const one of node.specifiers) this.exports.push({ name: nameOf(one.exported), local: one.local.name });
      this.blank(node.start, node.end);
    }
  }

  exportDefault(node) {
    const declared = node.declaration;
    if (declared.id && /Declaration$/.test(declared.type)) {
      this.exports.push({ name: 'default', expression: declared.id.name });
      this.edit(node.start, declared.start, '');
      return;
    }
    this.exports.push({ name: 'default', expression: '__default' });
    if (declared.type === 'FunctionDeclaration') {
      const paren = this.code.indexOf('(', declared.start);
      this.edit(node.start, declared.start, '');
      this.edit(paren, paren, ' __default');
      this.tail += ';Object.defineProperty(__default,"name",{value:"default",configurable:true})';
      return;
    }
    const named = isAnonymous(declared);
    this.edit(node.start, declared.start, named ? 'const __default=({default:' : 'const __default=(');
    this.edit(declared.end, declared.end, named ? '}).default;' : ');');
  }

  exportAll(node) {
    const index = this.request(node);
    if (node.exported) this.exports.push({ name: nameOf(node.exported), expression: `__ns(${index})` });
    else this.stars.push(index);
    this.blank(node.start, node.end);
  }

  declarations(body) {
    for (const node of body) {
      if (node.type === 'ImportDeclaration') this.importDeclaration(node);
      else if (node.type === 'ExportNamedDeclaration') this.exportNamed(node);
      else if (node.type === 'ExportDefaultDeclaration') this.exportDefault(node);
      else if (node.type === 'ExportAllDeclaration') this.exportAll(node);
    }
  }

  // Scopes, so that only references to the imported names are rewritten.
  push(isFunctionScope) { this.scope = { up: this.scope, names: new Set(), isFunctionScope }; }
  pop() { this.scope = this.scope.up; }
  declare(name) { this.scope?.names.add(name); }
  declareVar(name) {
    let scope = this.scope;
    while (scope && !scope.isFunctionScope) scope = scope.up;
    scope?.names.add(name);
  }
  isLocal(name) {
    for (let scope = this.scope; scope; scope = scope.up) if (scope.names.has(name)) return true;
    return false;
  }
  binding(name) {
    const expression = this.bindings.get(name);
    return expression !== undefined && !this.isLocal(name) ? expression : undefined;
  }

  hoist(list) { for (const node of list) this.hoistStatement(node, true); }

  hoistStatement(node, isTop) {
    if (!node) return;
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'ClassDeclaration': if (isTop && node.id) this.declare(node.id.name); break;
      case 'VariableDeclaration':
        if (node.kind === 'var') for (const one of node.declarations) namesOf(one.id, []).forEach((name) => this.declareVar(name));
        else if (isTop) for (const one of node.declarations) namesOf(one.id, []).forEach((name) => this.declare(name));
        break;
      case 'IfStatement':
        this.hoistStatement(node.consequent);
        this.hoistStatement(node.alternate);
        break;
      case 'ForStatement':
        if (node.init?.type === 'VariableDeclaration') this.hoistStatement(node.init);
        this.hoistStatement(node.body);
        break;
      case 'ForInStatement':
      case 'ForOfStatement':
        if (node.left.type === 'VariableDeclaration') this.hoistStatement(node.left);
        this.hoistStatement(node.body);
        break;
      case 'WhileStatement': case 'DoWhileStatement': case 'LabeledStatement': case 'WithStatement':
        this.hoistStatement(node.body);
        break;
      case 'BlockStatement': for (const one of node.body) this.hoistStatement(one); break;
      case 'TryStatement':
        this.hoistStatement(node.block);
        this.hoistStatement(node.handler?.body);
        this.hoistStatement(node.finalizer);
        break;
      case 'SwitchStatement':
        for (const one of node.cases) for (const each of one.consequent) this.hoistStatement(each);
        break;
    }
  }

  all(list) { for (const node of list) if (node) this.walk(node); }

  pattern(node) {
    switch (node.type) {
      case 'Identifier': break;
      case 'ObjectPattern':
        for (const one of node.properties) {
          if (one.type === 'RestElement') this.pattern(one.argument);
          else {
            if (one.computed) this.walk(one.key);
            this.pattern(one.value);
          }
        }
        break;
      case 'ArrayPattern': for (const one of node.elements) if (one) this.pattern(one); break;
      case 'AssignmentPattern':
        this.pattern(node.left);
        this.walk(node.right);
        break;
      case 'RestElement': this.pattern(node.argument); break;
      default: this.walk(node);
    }
  }

  function(node) {
    this.push(true);
    this.depth++;
    if (node.type === 'FunctionExpression' && node.id) this.declare(node.id.name);
    for (const one of node.params) namesOf(one, []).forEach((name) => this.declare(name));
    const isBlock = node.body.type === 'BlockStatement';
    if (isBlock) this.hoist(node.body.body);
    for (const one of node.params) this.pattern(one);
    if (isBlock) this.all(node.body.body);
    else this.walk(node.body);
    this.depth--;
    this.pop();
  }

  class(node) {
    if (node.superClass) this.walk(node.superClass);
    this.push(false);
    if (node.id) this.declare(node.id.name);
    for (const one of node.body.body) {
      if (one.type === 'StaticBlock') {
        this.push(true);
        this.depth++;
        this.hoist(one.body);
        this.all(one.body);
        this.depth--;
        this.pop();
        continue;
      }
      if (one.computed) this.walk(one.key);
      if (!one.value) continue;
      const isField = one.type === 'PropertyDefinition';
      this.depth += isField ? 1 : 0;
      this.walk(one.value);
      this.depth -= isField ? 1 : 0;
    }
    this.pop();
  }

  // A call keeps `this` undefined: (0, __i0.f)(…).
  callee(node) {
    if (node.type !== 'Identifier') return this.walk(node);
    const expression = this.binding(node.name);
    if (expression !== undefined) this.edit(node.start, node.end, `(0,${expression})`);
  }

  forLoop(node) {
    const declared = node.type === 'ForStatement' ? node.init : node.left;
    this.push(false);
    if (declared?.type === 'VariableDeclaration' && declared.kind !== 'var') {
      for (const one of declared.declarations) namesOf(one.id, []).forEach((name) => this.declare(name));
    }
    if (node.type === 'ForStatement') this.all([node.init, node.test, node.update]);
    else {
      if (declared.type === 'VariableDeclaration') this.walk(declared);
      else this.pattern(declared);
      this.walk(node.right);
    }
    this.walk(node.body);
    this.pop();
  }

  // `for await` at top level: the iteration is written out, since a generator has none.
  forAwait(node) {
    this.hasAwait = true;
    const iterator = `__a${node.start}`;
    const step = `__r${node.start}`;
    this.edit(node.start, node.left.start, `{const ${iterator}=__meta.iterate(`);
    this.edit(node.left.start, node.right.start, '');
    const left = this.code.slice(node.left.start, node.left.end);
    this.edit(node.right.end, node.body.start,
      `);let ${step}, __ok${node.start}=false;try{for(;;){${step}=yield ${iterator}.next();if(${step}.done){__ok${node.start}=true;break;}` +
      `{${left}=${step}.value;`);
    this.edit(node.body.end, node.body.end,
      `}}}finally{if(!__ok${node.start}&&${step}&&!${step}.done&&${iterator}.return)yield ${iterator}.return();}}`);
    this.push(false);
    if (node.left.type === 'VariableDeclaration') {
      for (const one of node.left.declarations) namesOf(one.id, []).forEach((name) => this.declare(name));
    }
    this.walk(node.right);
    this.walk(node.body);
    this.pop();
  }

  walk(node) {
    const visit = visitors[node.type];
    if (visit) return visit.call(this, node);
    eachChild(node, (child) => this.walk(child));
  }

  splice() {
    const edits = this.edits.sort((a, b) => a[0] - b[0] || a[3] - b[3]);
    let out = '';
    let at = 0;
    for (const [start, end, text] of edits) {
      if (start < at) continue; // inside of what was replaced
      out += this.code.slice(at, start) + text;
      at = end;
    }
    return out + this.code.slice(at);
  }

  result() {
    const getters = [];
    const indirect = [];
    for (const one of this.exports) {
      const imported = one.local !== undefined ? this.exported?.get(one.local) : undefined;
      if (one.from !== undefined) indirect.push([one.name, one.from, one.imported]);
      else if (imported) indirect.push([one.name, imported.index, imported.name]);
      else {
        const expression = one.expression ?? this.bindings.get(one.local) ?? one.local;
        getters.push(`${JSON.stringify(one.name)}:()=>${expression}`);
      }
    }
    const parameters = ['__export', '__meta', '__import', '__ns', ...this.imports.map((_, i) => `__i${i}`)];
    const body = this.splice();
    return {
      code: `(function*(${parameters.join()}){"use strict";__export({${getters.join()}});yield;` +
        `${body.startsWith('#!') ? '//' : ''}${body}\n${this.tail}\n})`,
      imports: this.imports, stars: this.stars, names: this.names, indirect, hasAwait: this.hasAwait,
    };
  }
}

Transform.prototype.assigned = assigned;

const OPTIONS = { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true };

// acorn's words as the engine of Node has them.
function syntaxError(error, url) {
  const message = error.message.replace(/ \(\d+:\d+\)$/, '');
  const own = new SyntaxError(message);
  if (error.loc) {
    own.sourceURL = url;
    own.line = error.loc.line;
    own.column = error.loc.column + 1;
  }
  return own;
}

function parse(code, url) {
  try {
    return acorn.parse(code, OPTIONS);
  } catch (error) {
    throw syntaxError(error, url);
  }
}

exports.transform = function transform(code, url) {
  const tree = parse(code, url);
  const work = new Transform(code);
  if (using().appears(code)) {
    const lowered = using().lower(tree, code, true);
    for (const one of lowered.edits) work.edit(...one);
    work.hasAwait = lowered.hasAwait;
  }
  work.declarations(tree.body);
  work.all(tree.body);
  return work.result();
};

exports.parses = function parses(code, url) {
  return parse(code, url);
};

// Whether the text is a module: it parses as one and has what only a module can have.
exports.isModule = function isModule(code) {
  let tree;
  try {
    tree = acorn.parse(code, OPTIONS);
  } catch {
    return false;
  }
  if (tree.body.some((node) => /^(Import|Export)\w*Declaration$/.test(node.type))) return true;
  const work = new Transform(code);
  let meta = false;
  const visit = visitors.MetaProperty;
  visitors.MetaProperty = function(node) {
    if (node.meta.name === 'import') meta = true;
  };
  try {
    work.all(tree.body);
  } finally {
    visitors.MetaProperty = visit;
  }
  return meta || work.hasAwait;
};

// The text of a script with its import() calls turned into __import(…), and without `using`.
exports.rewriteImports = function rewriteImports(code, name) {
  let tree;
  try {
    tree = acorn.parse(code, { ...OPTIONS, sourceType: 'script', allowReturnOutsideFunction: true, allowSuperOutsideMethod: true,
      allowAwaitOutsideFunction: false });
  } catch {
    return code;
  }
  const edits = [];
  const look = (node) => {
    if (node.type === 'ImportExpression') edits.push([node.start, node.start + 6, name]);
    eachChild(node, look);
  };
  if (using().appears(code)) edits.push(...using().lower(tree, code, false).edits);
  look(tree);
  let out = '';
  let at = 0;
  for (const [start, end, text] of edits.sort((a, b) => a[0] - b[0])) {
    out += code.slice(at, start) + text;
    at = end;
  }
  return out + code.slice(at);
};

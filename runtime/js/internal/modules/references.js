// What the transform of an ES module does at each kind of node: references become members, declarations of its own stay. `this`
// is the Transform.
'use strict';

// The names that a pattern declares.
function namesOf(pattern, out) {
  switch (pattern.type) {
    case 'Identifier': out.push(pattern.name); break;
    case 'ObjectPattern':
      for (const one of pattern.properties) namesOf(one.type === 'RestElement' ? one.argument : one.value, out);
      break;
    case 'ArrayPattern': for (const one of pattern.elements) if (one) namesOf(one, out); break;
    case 'AssignmentPattern': namesOf(pattern.left, out); break;
    case 'RestElement': namesOf(pattern.argument, out); break;
  }
  return out;
}

const visitors = {
  Identifier(node) {
    const expression = this.binding(node.name);
    if (expression !== undefined) this.edit(node.start, node.end, expression);
  },
  FunctionDeclaration(node) { this.function(node); },
  FunctionExpression(node) { this.function(node); },
  ArrowFunctionExpression(node) { this.function(node); },
  ClassDeclaration(node) { this.class(node); },
  ClassExpression(node) { this.class(node); },
  BlockStatement(node) {
    this.push(false);
    this.hoist(node.body);
    this.all(node.body);
    this.pop();
  },
  VariableDeclaration(node) {
    for (const one of node.declarations) {
      this.pattern(one.id);
      if (one.init) this.walk(one.init);
    }
  },
  ForStatement(node) { this.forLoop(node); },
  ForInStatement(node) { this.forLoop(node); },
  ForOfStatement(node) {
    if (node.await && this.depth === 0) this.forAwait(node);
    else this.forLoop(node);
  },
  CatchClause(node) {
    this.push(false);
    if (node.param) {
      namesOf(node.param, []).forEach((name) => this.declare(name));
      this.pattern(node.param);
    }
    this.walk(node.body);
    this.pop();
  },
  SwitchStatement(node) {
    this.walk(node.discriminant);
    this.push(false);
    for (const one of node.cases) this.hoist(one.consequent);
    for (const one of node.cases) {
      if (one.test) this.walk(one.test);
      this.all(one.consequent);
    }
    this.pop();
  },
  MemberExpression(node) {
    this.walk(node.object);
    if (node.computed) this.walk(node.property);
  },
  ObjectExpression(node) {
    for (const one of node.properties) {
      if (one.type === 'SpreadElement') this.walk(one.argument);
      else {
        if (one.computed) this.walk(one.key);
        if (!one.shorthand) this.walk(one.value);
        else {
          const expression = this.binding(one.value.name);
          if (expression !== undefined) this.edit(one.end, one.end, `:${expression}`);
        }
      }
    }
  },
  AssignmentExpression(node) {
    if (/Pattern$/.test(node.left.type)) this.assigned(node.left);
    else this.walk(node.left);
    this.walk(node.right);
  },
  CallExpression(node) {
    this.callee(node.callee);
    this.all(node.arguments);
  },
  TaggedTemplateExpression(node) {
    this.callee(node.tag);
    this.walk(node.quasi);
  },
  ImportExpression(node) {
    this.edit(node.start, node.start + 6, '__import');
    this.walk(node.source);
    if (node.options) this.walk(node.options);
  },
  MetaProperty(node) {
    if (node.meta.name === 'import') this.edit(node.start, node.end, '__meta.meta');
  },
  AwaitExpression(node) {
    if (this.depth > 0) return this.walk(node.argument);
    this.hasAwait = true;
    this.edit(node.start, node.start + 5, '(yield(');
    this.walk(node.argument);
    this.edit(node.end, node.end, '))');
  },
  LabeledStatement(node) { this.walk(node.body); },
  BreakStatement() {},
  ContinueStatement() {},
  MethodDefinition(node) {
    if (node.computed) this.walk(node.key);
    this.walk(node.value);
  },
  ImportDeclaration() {},
  ExportAllDeclaration() {},
  ExportNamedDeclaration(node) { if (node.declaration) this.walk(node.declaration); },
  ExportDefaultDeclaration(node) { this.walk(node.declaration); },
  Literal() {},
  TemplateElement() {},
  ThisExpression() {},
  PrivateIdentifier() {},
};

// A pattern that is assigned to: its names are references.
function assigned(node) {
  switch (node.type) {
    case 'ObjectPattern':
      for (const one of node.properties) {
        if (one.type === 'RestElement') this.assigned(one.argument);
        else {
          if (one.computed) this.walk(one.key);
          const target = one.value.type === 'AssignmentPattern' ? one.value.left : one.value;
          const expression = one.shorthand ? this.binding(target.name) : undefined;
          if (expression !== undefined) this.edit(one.key.start, one.key.end, `${target.name}:${expression}`);
          else if (!one.shorthand) this.assigned(target);
          if (one.value.type === 'AssignmentPattern') this.walk(one.value.right);
        }
      }
      break;
    case 'ArrayPattern': for (const one of node.elements) if (one) this.assigned(one); break;
    case 'AssignmentPattern':
      this.assigned(node.left);
      this.walk(node.right);
      break;
    case 'RestElement': this.assigned(node.argument); break;
    default: this.walk(node);
  }
}

module.exports = { visitors, assigned, namesOf };

// `using` and `await using`, which the engine does not know: edits that make them blocks with a scope of internal/dispose.
//
//   { const __u7 = scope(); try { const x = __u7.add(false, e); … } catch (__e) { __u7.fail(__e); } finally { __u7.end(); } }
//
// Lines stay where they are. At the top of a module the block begins at the first `using`, so that what is exported
// before it stays in sight.
'use strict';

const { eachChild, isFunction } = require('internal/modules/tree');

const isUsing = (node) => node?.type === 'VariableDeclaration' && node.kind.endsWith('using');
const isAsync = (node) => node.kind === 'await using';

class Using {
  constructor(isModule) {
    this.isModule = isModule;
    this.depth = 0; // functions around
    this.edits = [];
    this.hasAwait = false; // at the top of a module
  }

  edit(start, end, text) { this.edits.push([start, end, text]); }

  open(name) {
    return `const ${name}=${this.isModule ? '__meta.scope()' : 'globalThis[Symbol.for("cpm.using")]()'};try{`;
  }

  close(name, waits) {
    const end = `}catch(__e){${name}.fail(__e)}finally{`;
    if (!waits) return `${end}${name}.end()}`;
    if (this.depth > 0 || !this.isModule) return `${end}await ${name}.end()}`;
    this.hasAwait = true;
    return `${end}yield ${name}.end()}`;
  }

  // The statements of one block, whose text ends at `end`.
  block(list, end) {
    const found = list.filter(isUsing);
    if (found.length === 0) return;
    const name = `__u${found[0].start}`;
    const isTop = this.isModule && this.depth === 0;
    const first = isTop ? found[0] : list.find((node) => node.directive === undefined);
    this.edit(first.start, first.start, this.open(name));
    for (const node of found) {
      this.edit(node.start, node.declarations[0].start, 'const ');
      for (const { init } of node.declarations) {
        this.edit(init.start, init.start, `${name}.add(${isAsync(node)},`);
        this.edit(init.end, init.end, ')');
      }
    }
    this.edit(end, end, `\n${this.close(name, found.some(isAsync))}`);
  }

  // for (using x of list)
  loop(node) {
    const { left, body } = node;
    const name = `__u${left.start}`;
    const waits = isAsync(left);
    this.edit(left.start, left.end, `const __f${left.start}`);
    this.edit(body.start, body.start,
      `{${this.open(name)}const ${left.declarations[0].id.name}=${name}.add(${waits},__f${left.start});`);
    this.after = [body.end, `${this.close(name, waits)}}`];
  }

  walk(node) {
    const deeper = isFunction(node) || node.type === 'StaticBlock' || node.type === 'PropertyDefinition';
    if (deeper) this.depth++;
    if (node.type === 'BlockStatement' || node.type === 'StaticBlock') this.block(node.body, node.end - 1);
    let after;
    if (/^For(Of|In)/.test(node.type) && isUsing(node.left)) {
      this.loop(node);
      ({ after } = this);
    }
    eachChild(node, (child) => this.walk(child));
    if (after !== undefined) this.edit(after[0], after[0], after[1]);
    if (deeper) this.depth--;
  }
}

exports.appears = (code) => /\busing\s+[\w$\\\u0080-\uffff]/.test(code);

// { edits: [start, end, text] in the order in which they are to be made, hasAwait }
exports.lower = function lower(tree, code, isModule) {
  const work = new Using(isModule);
  work.block(tree.body, code.length);
  work.walk(tree);
  return work;
};

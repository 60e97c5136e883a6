// What the rewriters of modules ask of acorn's tree.
'use strict';

exports.isFunction = (node) => /^(FunctionExpression|FunctionDeclaration|ArrowFunctionExpression)$/.test(node.type);

// visit for each node right below, in the tree's order.
exports.eachChild = function eachChild(node, visit) {
  for (const key in node) {
    const value = node[key];
    if (value === null || typeof value !== 'object') continue;
    if (Array.isArray(value)) {
      for (const one of value) if (one?.type) visit(one);
    } else if (value.type) visit(value);
  }
};

// module.registerHooks: names that lead elsewhere, texts that are changed, for import and for require; and how hooks are refused.
import { createRequire, registerHooks } from 'node:module';

const require = createRequire(import.meta.url);
const seen = [];

const virtual = registerHooks({
  resolve(specifier, context, nextResolve) {
    seen.push(`${specifier} ${context.conditions.includes('import') ? 'import' : 'require'}`);
    if (specifier.startsWith('virtual:')) return { url: specifier, format: 'module', shortCircuit: true };
    return nextResolve(specifier, context);
  },
  load(url, context, nextLoad) {
    if (!url.startsWith('virtual:')) return nextLoad(url, context);
    return { source: `export default ${JSON.stringify(url)}; export const given = ${JSON.stringify(context.format)};`, format: 'module', shortCircuit: true };
  },
});
const changed = registerHooks({
  load(url, context, nextLoad) {
    const result = nextLoad(url, { ...context, word: 'WORD' });
    if (!url.endsWith('part.cjs')) return result;
    return { ...result, source: String(result.source).replace('WORD', 'text') };
  },
});

console.log((await import('virtual:one')).default, require('virtual:two').given);
console.log(require('./hooked/part.cjs'), (await import('./hooked/part.cjs')).default);
console.log(typeof require('fs').readFileSync, (await import('node:path')).sep);
console.log(seen);
changed.deregister();
virtual.deregister();
delete require.cache[require.resolve('./hooked/part.cjs')];
console.log(require('./hooked/part.cjs'));

const short = registerHooks({ resolve: () => ({ url: 'node:fs' }), load: () => ({ source: 1, shortCircuit: true }) });
try {
  require('anything');
} catch (error) {
  console.log(error.code, error.message);
}
short.deregister();
const textless = registerHooks({ resolve: (name) => ({ url: `virtual:${name}`, shortCircuit: true }), load: () => ({ source: 1, shortCircuit: true }) });
try {
  require('anything');
} catch (error) {
  console.log(error.code, error.message);
}
textless.deregister();

// Transformed modules, kept by the hash of their text: a file that was seen before goes from the disk into the engine
// without a parser of ours.
'use strict';

const files = native('module');
const VERSION = 4; // of what the transform makes, and of the files

let folder;

// Where the cache is, or null: a folder of the user's, below that of cpm's other caches.
function place() {
  if (folder !== undefined) return folder;
  const { env } = process;
  const base = env.CPM_RUNTIME_CACHE ?? (env.XDG_CACHE_HOME ? `${env.XDG_CACHE_HOME}/cpm` : env.HOME ? `${env.HOME}/.cache/cpm` : '');
  folder = base === '' ? null : `${base}/runtime-${VERSION}`;
  return folder;
}

// kind: what the text was made into: 'esm', 'cjs' (import() rewritten), or 'mts' and 'cts', of TypeScript.
// { made: [facts, function] }, or { text, key } of what is not known.
exports.load = function load(file, url, kind = 'esm') {
  const found = files.loadCached(file, url, place() === null ? '' : `${place()}/${kind}`);
  if (typeof found === 'number') throw require('internal/errors').uvException({ errno: found, syscall: 'open', path: file });
  const [text, key, facts, make] = found;
  if (make === undefined) return { text, key };
  return { made: [JSON.parse(facts), make] };
};

exports.store = function store(key, { code, ...facts }, kind = 'esm') {
  if (key !== undefined && place() !== null) files.storeCached(`${place()}/${kind}`, key, JSON.stringify(facts), code);
};

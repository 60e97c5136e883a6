// node --experimental-import-meta-resolve every_specifier.mjs ROOT FACTS.tsv [MOST]
// What node itself answers for every import and require specifier that stands in any file of an installed tree, in the form
// that resolve_facts asks again:
//     resolve_facts ROOT FACTS.tsv                          by the files alone
//     resolve_facts ROOT FACTS.tsv ROOT/node_modules        by the index, which is written anew
// MOST: at most so many specifiers, of files that lie evenly over the tree.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fs.realpathSync(process.argv[2])
const most = Number(process.argv[4] ?? Infinity)
const relative = file => file.startsWith(root + '/') ? file.slice(root.length + 1) : file

const files = []
const walk = folder => {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) walk(file)
    else if (entry.isFile() && /\.[cm]?js$/.test(entry.name)) files.push(file)
  }
}
walk(path.join(root, 'node_modules'))

const patterns = [
  [/\brequire\(\s*(['"])((?:(?!\1)[^\\\n\t])*)\1\s*\)/g, 'require'],
  [/\brequire\.resolve\(\s*(['"])((?:(?!\1)[^\\\n\t])*)\1\s*[,)]/g, 'require'],
  [/\b(?:import|export)\b[^'"\n;()]{0,400}?\bfrom\s*(['"])((?:(?!\1)[^\\\n\t])*)\1/g, 'import'],
  [/(?:^|[;\n])\s*import\s*(['"])((?:(?!\1)[^\\\n\t])*)\1/g, 'import'],
  [/\bimport\(\s*(['"])((?:(?!\1)[^\\\n\t])*)\1\s*[,)]/g, 'import']
]
const questions = new Map()
for (const file of files) {
  const text = fs.readFileSync(file, 'utf8')
  for (const [pattern, mode] of patterns) {
    for (const match of text.matchAll(pattern)) {
      if (match[2]) questions.set(`${relative(file)}\t${mode}\t${match[2]}`, { file, mode, specifier: match[2] })
    }
  }
}

// import.meta.resolve does not look at the disk; loading does, and then says these.
const imported = (specifier, parent) => {
  const url = import.meta.resolve(specifier, pathToFileURL(parent).href)
  if (!url.startsWith('file:')) return url
  const file = fileURLToPath(url), at = fs.statSync(file, { throwIfNoEntry: false })
  return !at ? '!ERR_MODULE_NOT_FOUND' : at.isDirectory() ? '!ERR_UNSUPPORTED_DIR_IMPORT' : file
}
const answer = ({ file, mode, specifier }) => {
  try {
    return relative(mode === 'require' ? createRequire(file).resolve(specifier) : imported(specifier, file))
  } catch (error) {
    return '!' + (error.code ?? error.name)
  }
}
const step = Math.max(1, Math.ceil(questions.size / most))
const rows = [...questions].filter((_, i) => i % step === 0).map(([key, question]) => `${key}\t${answer(question)}\n`)
fs.writeFileSync(process.argv[3], rows.join(''))
console.log(`${files.length} files, ${questions.size} specifiers, ${rows.length} asked`)

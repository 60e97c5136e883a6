// Makes a scene smaller while it still shows a difference of the same kind: every member of every object and list is taken
// away in turn, larger groups first.

// Without these a scene would become one of another kind.
const KEPT = ['--package-lock-only', '--ignore-scripts']

const isNode = value => value !== null && typeof value === 'object'

// [path to a container, the keys to take out of it], from the coarse to the fine.
function * cuts (value, path) {
  const keys = Object.keys(value)
  for (let size = keys.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < keys.length; at += size) yield [path, keys.slice(at, at + size)]
  }
  for (const key of keys) if (isNode(value[key])) yield * cuts(value[key], [...path, key])
}

function without (scene, path, keys) {
  const copy = structuredClone(scene)
  let at = copy
  for (const key of path) at = at?.[key]
  if (keys.includes('args') || (path[path.length - 1] === 'args' && keys.includes('0'))) return null // the command itself
  if (!isNode(at) || !keys.every(key => key in at) || keys.some(key => KEPT.includes(at[key]))) return null
  if (Array.isArray(at)) keys.map(Number).reverse().forEach(index => at.splice(index, 1))
  else keys.forEach(key => delete at[key])
  return copy
}

const parts = scene => ['steps', 'packages', 'files', 'tags', 'times'].filter(part => isNode(scene[part]))

export async function shrink (scene, fails) {
  for (let changed = true; changed;) {
    changed = false
    for (const part of parts(scene)) {
      for (const [path, keys] of cuts(scene[part], [part])) {
        const smaller = without(scene, path, keys)
        if (!smaller || !smaller.steps?.length || !await fails(smaller)) continue
        scene = smaller
        changed = true
      }
    }
  }
  return scene
}

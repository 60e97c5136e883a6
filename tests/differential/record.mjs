// Scenes with npm's answers beside them, so that they can be played again where there is no npm.
//   { about, scene, answers: [{ exit, code, FILE: [lines] | null, … }] }, one answer a step, with what changed since the last
// What depends on the machine (the registry's port, the bytes that gzip makes) is written in one way for all.

const neutral = (text, registry) => text.replaceAll(registry.url, 'REGISTRY/').replace(/"sha512-[^"]*"/g, '"sha512-…"')

const plain = (value, registry) => (typeof value === 'string' ? neutral(value, registry).split('\n') : value)

// What one tool leaves, step by step.
export async function answersOf (player, tool, description) {
  const scene = JSON.parse(JSON.stringify(description).replaceAll('REGISTRY/', player.registry.url))
  const answers = []
  player.begin(scene)
  for (let i = 0; i < scene.steps.length; i++) {
    player.prepare(scene.steps[i])
    const { seen } = await player.step(tool, scene, i)
    if (!seen) throw new Error(`step ${i} (${scene.steps[i].args.join(' ')}) never ends`)
    answers.push(Object.fromEntries(Object.entries(seen).map(([key, value]) => [key, plain(value, player.registry)])))
  }
  return answers
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)

const changes = (answer, last) => Object.fromEntries(Object.entries(answer).filter(([key, value]) => !same(value, last[key])))

export async function record (player, scene, about) {
  const answers = await answersOf(player, 'npm', scene)
  const kept = answers.map((answer, i) => changes(answer, answers[i - 1] ?? {}))
  return JSON.stringify({ about, scene, answers: kept }, null, 1) + '\n'
}

// [what, expected, got] for everything that is not as it was recorded.
export async function differences (player, tool, { scene, answers }) {
  const got = await answersOf(player, tool, scene)
  const found = []
  let expected = {}
  got.forEach((answer, i) => {
    expected = { ...expected, ...answers[i] }
    for (const key of Object.keys(answer)) {
      if (!same(expected[key], answer[key])) found.push([`step ${i} (${scene.steps[i].args.join(' ')}): ${key}`, expected[key], answer[key]])
    }
  })
  return found
}

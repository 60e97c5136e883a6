#!/usr/bin/env node
// Plays scenes whose answers npm gave once (see tests/differential/record.mjs), and expects them of cpm.
//   scenes.mjs PATH_OF_CPM [CASE.json …]
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Player } from '../differential/play.mjs'
import { differences } from '../differential/record.mjs'
import { Program } from '../differential/tools.mjs'
import { startRegistry } from '../fixtures/registry.mjs'

const [program, ...named] = process.argv.slice(2)
const home = fileURLToPath(new URL('scenes', import.meta.url))
const files = named.length ? named : fs.readdirSync(home).sort().map(name => path.join(home, name))
const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'cpm-scenes-'))
const registry = await startRegistry({})
const player = new Player({ registry, tools: { cpm: new Program(path.resolve(program)) }, folder })
const text = value => (Array.isArray(value) ? value.join('\n') : String(value))
let failed = 0

for (const file of files) {
  const one = JSON.parse(fs.readFileSync(file, 'utf8'))
  const found = await differences(player, 'cpm', one)
  if (!found.length) continue
  failed++
  console.log(`${path.basename(file)}: ${one.about}`)
  for (const [what, expected, got] of found) console.log(`  ${what}\n--- npm\n${text(expected)}\n--- cpm\n${text(got)}`)
}
await registry.close()
fs.rmSync(folder, { recursive: true, force: true })
console.log(`${files.length} scenes, ${failed} differ`)
process.exitCode = failed ? 1 : 0

// npm's answers, kept: they do not change, and to get them takes most of the time. A file a scene and a kind of npm, with what
// npm left after each step; the registry has to listen on the same port each time, since its address stands in the locks.
//   { steps: [{ seen, message, crash, faults } | { hang, faults }], again: { STEP: { exit, code } } }
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

export class Answers {
  // folder: where they are kept. kind: which npm gave them. player: plays npm alone, in a folder of its own.
  constructor ({ folder, kind, player }) {
    Object.assign(this, { folder, kind, player })
    fs.mkdirSync(folder, { recursive: true })
  }

  file (scene) {
    const { seed, ...rest } = scene
    const hash = crypto.createHash('sha256').update(JSON.stringify([this.kind, this.player.registry.url, rest])).digest('hex')
    return path.join(this.folder, `${hash.slice(0, 32)}.json`)
  }

  read (scene) {
    const file = this.file(scene)
    if (this.last?.file === file) return this.last.kept
    if (!fs.existsSync(file)) return null
    const kept = JSON.parse(fs.readFileSync(file, 'utf8'))
    this.last = { file, kept }
    return kept
  }

  // Whole or not at all: others read the same folder.
  write (scene, kept) {
    const file = this.file(scene)
    const text = JSON.stringify(kept).replaceAll(this.player.folder, 'FOLDER')
    fs.writeFileSync(`${file}.${process.pid}`, text)
    fs.renameSync(`${file}.${process.pid}`, file)
    this.last = { file, kept: JSON.parse(text) }
    return this.last.kept
  }

  // One step's answer. Playing an unknown scene changes the registry: whoever plays it asks before he begins.
  async of (scene) {
    return (this.read(scene) ?? this.write(scene, { steps: await this.player.playAlone(scene), again: {} })).steps
  }

  // What npm says to another command after a step.
  async again (scene, index, args) {
    const kept = this.read(scene)
    if (!kept.again[index]) {
      await this.player.playAlone({ ...scene, steps: scene.steps.slice(0, index + 1) })
      const { exit, code } = await this.player.npmAgain(index, args)
      kept.again[index] = { exit, code }
      this.write(scene, kept)
    }
    return kept.again[index]
  }
}

// Chance that a seed repeats: the same seed gives the same draws on every machine.
export class Random {
  constructor (seed) {
    this.state = seed >>> 0
  }

  // 0 <= x < 1 (mulberry32)
  next () {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  below (n) {
    return Math.floor(this.next() * n)
  }

  between (low, high) {
    return low + this.below(high - low + 1)
  }

  chance (p) {
    return this.next() < p
  }

  one (list) {
    return list[this.below(list.length)]
  }

  some (list, count) {
    const rest = [...list]
    const taken = []
    while (taken.length < count && rest.length) taken.push(...rest.splice(this.below(rest.length), 1))
    return taken
  }

  // One key of { key: weight, … }.
  weighted (weights) {
    let left = this.next() * Object.values(weights).reduce((a, b) => a + b, 0)
    for (const [key, weight] of Object.entries(weights)) if ((left -= weight) < 0) return key
    return Object.keys(weights)[0]
  }
}

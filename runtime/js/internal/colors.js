// How many colours a terminal has, by its environment.
'use strict';

const NAMES = new Map([['eterm', 4], ['cons25', 4], ['console', 4], ['cygwin', 4], ['dtterm', 4], ['gnome', 4],
  ['hurd', 4], ['jfbterm', 4], ['konsole', 4], ['kterm', 4], ['mlterm', 4], ['mosh', 24], ['putty', 4], ['st', 4],
  ['rxvt-unicode-24bit', 24], ['terminator', 24], ['xterm-kitty', 24]]);
const PATTERNS = [/ansi/, /color/, /linux/, /direct/, /^con[0-9]*x[0-9]/, /^rxvt/, /^screen/, /^xterm/, /^vt100/, /^vt220/];

exports.depth = function depth(env = process.env) {
  if (env.FORCE_COLOR !== undefined) {
    switch (env.FORCE_COLOR) {
      case '': case '1': case 'true': return 4;
      case '2': return 8;
      case '3': return 24;
      default: return 1;
    }
  }
  if (env.NODE_DISABLE_COLORS || env.NO_COLOR || env.TERM === 'dumb') return 1;
  if (env.TMUX) return 24;
  if ('TF_BUILD' in env && 'AGENT_NAME' in env) return 4;
  if ('CI' in env) {
    if (['CIRCLECI', 'GITEA_ACTIONS', 'GITHUB_ACTIONS'].some((name) => name in env)) return 24;
    return ['APPVEYOR', 'BUILDKITE', 'CIRCLECI', 'DRONE', 'GITLAB_CI', 'TRAVIS'].some((name) => name in env) || env.CI_NAME === 'codeship' ? 8 : 1;
  }
  if (env.TERM_PROGRAM === 'iTerm.app') return !env.TERM_PROGRAM_VERSION || /^[0-2]\./.test(env.TERM_PROGRAM_VERSION) ? 8 : 24;
  if (env.TERM_PROGRAM === 'Apple_Terminal') return 8;
  if (/^(HyperTerm|MacTerm)$/.test(env.TERM_PROGRAM ?? '')) return 24;
  if (/truecolor|24bit/.test(env.COLORTERM ?? '')) return 24;
  const term = env.TERM?.toLowerCase();
  if (term) {
    if (term.startsWith('xterm-256')) return 8;
    if (NAMES.has(term)) return NAMES.get(term);
    if (PATTERNS.some((pattern) => pattern.test(term))) return 4;
  }
  return env.COLORTERM ? 4 : 1;
};

exports.shouldColor = function shouldColor(stream) {
  if (process.env.FORCE_COLOR !== undefined) return exports.depth() > 2;
  return Boolean(stream?.isTTY && (typeof stream.getColorDepth === 'function' ? stream.getColorDepth() > 2 : true));
};

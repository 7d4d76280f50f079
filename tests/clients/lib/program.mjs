// Runs a vendor's program where it can neither find nor change anything of the user's, and cannot reach the network.

import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const PATIENCE_MS = 90_000;

/** A home that is thrown away. `run` answers { code, output }; `talk` feeds lines to a program until its answer is there. */
export async function isolated(quiet) {
  const home = await mkdtemp(join(tmpdir(), 'agentruntime-client-home-'));
  const folder = (name) => join(home, name);
  const work = folder('work');
  for (const name of ['work', 'tmp', 'config', 'data', 'cache', 'state']) await mkdir(folder(name));
  const env = {
    HOME: home,
    XDG_CONFIG_HOME: folder('config'),
    XDG_DATA_HOME: folder('data'),
    XDG_CACHE_HOME: folder('cache'),
    XDG_STATE_HOME: folder('state'),
    TMPDIR: folder('tmp'),
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    NO_COLOR: '1',
    CI: '1',
    DO_NOT_TRACK: '1',
    BROWSER: '/bin/true',
    // Nothing listens there, so whatever is not loopback fails at once.
    HTTP_PROXY: 'http://127.0.0.1:9',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: '127.0.0.1,localhost,::1',
    ...quiet,
  };
  const start = (argv) => {
    const [program, ...args] = argv;
    // A group of its own, so that what the program leaves behind can be ended with it.
    const child = spawn(program, args, { cwd: work, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const state = { output: '' };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { state.output += data; });
    child.stdin.on('error', () => {});
    const end = () => {
      try {
        if (child.pid) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group has ended by itself.
      }
    };
    const exit = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? signal));
      // A process left behind holds the pipes open, and `close` would wait for it.
      child.once('exit', () => setTimeout(end, 500));
    });
    const timer = setTimeout(() => {
      state.output += `\n(ended after ${PATIENCE_MS} ms)`;
      end();
    }, PATIENCE_MS);
    return { child, state, end, exit: exit.finally(() => clearTimeout(timer)) };
  };
  return {
    home,
    async run(...argv) {
      const { child, state, exit } = start(argv);
      child.stdin.end();
      const code = await exit;
      return { code, output: stripVTControlCharacters(state.output) };
    },
    async talk(argv, lines, answered) {
      const { child, state, end, exit } = start(argv);
      child.stdin.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      child.stdout.on('data', () => {
        if (answered(state.output)) child.stdin.end();
      });
      const code = await exit;
      end();
      return { code, output: state.output };
    },
    remove: () => rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
}

import { ENTRY, examine } from '../lib/cli.mjs';
import { inside, manifest } from '../lib/modules.mjs';

const NAME = '@openai/codex';
// `codex mcp list` only prints the configuration. The app server, which the editor extensions talk to, connects.
const QUESTIONS = [
  { id: 1, method: 'initialize', params: { clientInfo: { name: ENTRY, version: '1.0.0' } } },
  { method: 'initialized' },
  { id: 2, method: 'mcpServerStatus/list', params: {} },
];

export function codex(url) {
  const about = manifest(NAME);
  const program = [process.execPath, inside(NAME, about.bin.codex)];
  return examine({
    version: about.version,
    era: '2025-06-18',
    env: {},
    add: (home, to) => home.run(...program, 'mcp', 'add', ENTRY, '--url', to),
    status: (home) => home.talk([...program, 'app-server'], QUESTIONS, (output) => /"id":2,/.test(output)),
    // The tools of the entry: the workflow tools are among them, or there are none.
    connected: new RegExp(`"id":2,.*"name":"${ENTRY}".*"workflows_list":`),
    down: new RegExp(`"id":2,.*"name":"${ENTRY}".*"tools":\\{\\}`),
    lists: true,
  }, url);
}

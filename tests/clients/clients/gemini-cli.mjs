import { ENTRY, examine } from '../lib/cli.mjs';
import { inside, manifest } from '../lib/modules.mjs';

const NAME = '@google/gemini-cli';

export function geminiCli(url) {
  const about = manifest(NAME);
  const gemini = [process.execPath, inside(NAME, about.bin.gemini)];
  return examine({
    version: about.version,
    era: '2025-06-18',
    // Servers of an untrusted folder are listed as disabled, the user's own too.
    env: { GEMINI_TELEMETRY_ENABLED: 'false', GEMINI_CLI_TRUST_WORKSPACE: 'true' },
    // Its default scope is the project.
    add: (home, to) => home.run(...gemini, 'mcp', 'add', '-t', 'http', '-s', 'user', ENTRY, to),
    status: (home) => home.run(...gemini, 'mcp', 'list'),
    connected: new RegExp(`✓ ${ENTRY}: .*Connected`),
    down: new RegExp(`✗ ${ENTRY}: .*Disconnected`),
    // `mcp list` greets and pings; tools are asked for in a conversation, which needs an account.
    lists: false,
  }, url);
}

import { ENTRY, examine } from '../lib/cli.mjs';
import { installed, inside, manifest } from '../lib/modules.mjs';

const NAME = '@anthropic-ai/claude-code';

export function claudeCode(url) {
  // The binary of the platform's package: the link in .bin needs an install script that npm may not have run.
  const platform = `${NAME}-${process.platform}-${process.arch}`;
  const binary = [platform, `${platform}-musl`].find(installed);
  if (!binary) throw new Error(`npm did not install ${platform}`);
  const claude = inside(binary, process.platform === 'win32' ? 'claude.exe' : 'claude');
  return examine({
    version: manifest(NAME).version,
    era: '2026-07-28',
    env: {
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
    },
    add: (home, to) => home.run(claude, 'mcp', 'add', '--transport', 'http', '--scope', 'user', ENTRY, to),
    // It exits with 0 whatever it found, so only its words count.
    status: (home) => home.run(claude, 'mcp', 'list'),
    connected: new RegExp(`^${ENTRY}:.*✔ Connected`, 'm'),
    down: new RegExp(`^${ENTRY}:.*✘ Failed to connect`, 'm'),
    lists: true,
  }, url);
}

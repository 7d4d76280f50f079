import { ENTRY, examine } from '../lib/cli.mjs';
import { installed, inside, manifest } from '../lib/modules.mjs';

// The binary's own package: see README.md on why the package `opencode-ai` is not used.
const NAME = 'opencode-linux-x64';

export const isPinnedHere = process.platform === 'linux' && process.arch === 'x64';

export function opencode(url) {
  if (!installed(NAME)) throw new Error(`npm did not install ${NAME}`);
  const binary = inside(NAME, 'bin', 'opencode');
  return examine({
    version: manifest(NAME).version,
    era: '2025-11-25',
    env: {
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
    },
    add: (home, to) => home.run(binary, 'mcp', 'add', ENTRY, '--url', to),
    status: (home) => home.run(binary, 'mcp', 'list'),
    connected: new RegExp(`✓ ${ENTRY} connected`),
    down: new RegExp(`✗ ${ENTRY} failed`),
    lists: true,
  }, url);
}

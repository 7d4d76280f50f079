// Drives real MCP clients against Platform MCP. See README.md.

import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';

import { claudeCode } from './clients/claude-code.mjs';
import { codex } from './clients/codex.mjs';
import { geminiCli } from './clients/gemini-cli.mjs';
import { isPinnedHere, opencode } from './clients/opencode.mjs';
import { python } from './clients/python.mjs';
import { v1, v2 } from './clients/typescript.mjs';
import { startServer } from './lib/server.mjs';
import { tell } from './lib/story.mjs';

const OLD = '2025-11-25';
const NEW = '2026-07-28';
const PATIENCE_MS = 240_000;

const CLIENTS = {
  'ts-v1': sdk(OLD, v1),
  'ts-v2': sdk(OLD, v2),
  'ts-v2-auto': sdk(NEW, (url) => v2(url, { versionNegotiation: { mode: 'auto' } })),
  'python-session': sdk(OLD, (url) => python(url, 'session')),
  'python-client': sdk(NEW, (url) => python(url, 'client')),
  'claude-code': claudeCode,
  codex,
  'gemini-cli': geminiCli,
  opencode,
};

/** An SDK lives through the story, in the era that its defaults or options call for. */
function sdk(era, connect) {
  return async (url) => {
    const client = await connect(url);
    try {
      assert.equal(client.era, era, 'it negotiated another era');
      await tell(client);
    } catch (error) {
      // What went wrong first is what is told; a client in a bad state may not close.
      await client.close().catch(() => {});
      throw error;
    }
    await client.close();
    return { version: client.version, era: client.era };
  };
}

async function examine(name, program) {
  const began = Date.now();
  const failures = [];
  let outcome = {};
  let server;
  try {
    server = await startServer(program);
    const late = new Promise((_, reject) => {
      setTimeout(() => reject(new Error(`not done after ${PATIENCE_MS} ms`)), PATIENCE_MS).unref();
    });
    outcome = await Promise.race([CLIENTS[name](server.url), late]);
  } catch (error) {
    failures.push(error.stack);
  }
  failures.push(...((await server?.stop()) ?? []));
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  const { version = '-', era = '-', note = '' } = outcome;
  const verdict = failures.length === 0 ? 'ok  ' : 'FAIL';
  console.log(`${verdict} ${name.padEnd(15)} ${version.padEnd(9)} ${era.padEnd(10)} ${seconds.padStart(5)} s  ${note}`.trimEnd());
  for (const failure of failures) console.log(failure.replaceAll(/^/gm, '     '));
  return failures.length === 0;
}

const { values } = parseArgs({ options: { server: { type: 'string' }, only: { type: 'string', multiple: true } } });
const names = values.only ?? Object.keys(CLIENTS).filter((name) => name !== 'opencode' || isPinnedHere);
const unknown = names.filter((name) => !Object.hasOwn(CLIENTS, name));
if (!values.server || unknown.length > 0) {
  console.error(`usage: node run.mjs --server <agentruntime-platform-mcp> [--only <client>]...`);
  console.error(`clients: ${Object.keys(CLIENTS).join(', ')}`);
  process.exit(2);
}
let passed = 0;
for (const name of names) passed += (await examine(name, values.server)) ? 1 : 0;
if (!isPinnedHere) console.log('-    opencode is not run: its program is pinned for Linux on x64 only, see README.md');
console.log(`${passed} of ${names.length} clients are content`);
// Not left to the end of the loop: a client that failed may hold sockets open.
process.exit(passed === names.length ? 0 : 1);

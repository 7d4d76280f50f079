// Starts Platform MCP with its sandbox for one client, and ends it.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const START_MS = 30_000;
const STOP_MS = 15_000;

/** A server of its own, with an empty workspace: no client sees what another left behind. */
export async function startServer(program) {
  const folder = await mkdtemp(join(tmpdir(), 'agentruntime-clients-'));
  const args = ['serve', '--sandbox', '--sandbox-dir', folder, '--sandbox-port', '0', '--port', '0', '--log-format', 'json'];
  // The line with the URL is at this level, whatever the user's own setting.
  const env = { ...process.env, AGENTRUNTIME_LOG: 'info' };
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const exit = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => resolve({ error }));
  });
  const log = [];
  const url = new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      log.push(line);
      const { fields } = parsed(line) ?? {};
      if (fields?.message === 'Platform MCP is serving') resolve(fields.url);
    });
    exit.then((how) => reject(new Error(`the server ended before it served: ${described(how)}\n${log.join('\n')}`)));
    setTimeout(() => reject(new Error(`the server did not serve within ${START_MS} ms\n${log.join('\n')}`)), START_MS).unref();
  });
  try {
    return { url: await url, log, stop: () => stop(child, exit, log, folder) };
  } catch (error) {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Ends the server as a service manager would, and answers what was wrong with that or with its log. */
async function stop(child, exit, log, folder) {
  child.kill('SIGTERM');
  const late = new Promise((resolve) => setTimeout(resolve, STOP_MS, 'late').unref());
  const how = await Promise.race([exit, late]);
  const wrong = [];
  if (how === 'late') {
    child.kill('SIGKILL');
    wrong.push(`the server did not end within ${STOP_MS} ms of SIGTERM`);
  } else if (how.code !== 0) {
    wrong.push(`the server ended with ${described(how)} and not with 0`);
  }
  // A panic is text, not JSON, so a line that cannot be read counts too.
  for (const line of log) {
    const { level } = parsed(line) ?? {};
    if (level === undefined || level === 'ERROR') wrong.push(`the server's log has: ${line}`);
  }
  await rm(folder, { recursive: true, force: true });
  return wrong;
}

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const described = ({ code, signal, error }) => error?.message ?? signal ?? `code ${code}`;

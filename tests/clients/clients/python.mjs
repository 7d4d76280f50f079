// The Python SDK. The story stays here; python_sdk.py does one request a line and answers with what the SDK made of it.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SCRIPT = join(import.meta.dirname, 'python_sdk.py');

/** `mode` is `session` (ClientSession with its handshake) or `client` (mcp.Client, which negotiates). */
export async function python(url, mode) {
  const program = process.env.CLIENTS_PYTHON ?? 'python3';
  const child = spawn(program, [SCRIPT, mode, url], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (data) => { complaints += data; });
  const waiting = new Map();
  const exit = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
  exit.then((how) => {
    for (const { reject } of waiting.values()) reject(new Error(`Python ended (${how}):\n${complaints}`));
  });
  // A request to a Python that is gone fails through `exit`, which says why.
  child.stdin.on('error', () => {});
  const answer = new Map([['result', (one, value) => one.resolve(value)], ['error', (one, value) => one.reject(refusal(value))]]);
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, ...rest } = JSON.parse(line);
    const [kind, value] = Object.entries(rest)[0];
    answer.get(kind)(waiting.get(id), value);
    waiting.delete(id);
  });
  let last = 0;
  const ask = (op, ...args) => new Promise((resolve, reject) => {
    last += 1;
    waiting.set(last, { resolve, reject });
    child.stdin.write(`${JSON.stringify({ id: last, op, args })}\n`);
  });
  const close = async () => {
    child.stdin.end();
    const how = await exit;
    if (how !== 0) throw new Error(`Python ended with ${how}:\n${complaints}`);
  };
  const { version, era } = await ask('about');
  return {
    version,
    era,
    close,
    tools: () => ask('list_tools'),
    call: (name, args) => ask('call_tool', name, args),
    prompts: () => ask('list_prompts'),
    prompt: (name, args) => ask('get_prompt', name, args),
    resources: () => ask('list_resources'),
    templates: () => ask('list_resource_templates'),
    read: (uri) => ask('read_resource', uri),
    complete: (ref, argument) => ask('complete', ref, argument),
  };
}

const refusal = ({ code, message }) => Object.assign(new Error(message), { code });

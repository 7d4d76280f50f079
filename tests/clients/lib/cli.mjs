// What is asked of every vendor's program: entered by its own command, it connects, and it says so. Against a port where
// nothing listens the same commands have to say the opposite, or their word would be worth nothing.

import assert from 'node:assert/strict';
import { createServer } from 'node:net';

import expected from './expected.mjs';
import { isolated } from './program.mjs';
import { record } from './recorder.mjs';

export const ENTRY = 'agentruntime';

/**
 * `program` is { version, era, env, add(home, url), status(home), connected, down, lists }: two commands, what the second one
 * prints in either case, and whether it asks for the tools.
 */
export async function examine(program, url) {
  const wire = await record(url);
  try {
    const { output } = await connect(program, wire.url);
    const account = `it printed:\n${output}\non the wire:\n${wire.account()}`;
    assert.match(output, program.connected, `it is not connected; ${account}`);
    const era = wire.era();
    assert.equal(era, program.era, `it negotiated another era; ${account}`);
    if (program.lists) {
      const names = wire.results('tools/list').flatMap((result) => result.tools.map((tool) => tool.name));
      assert.deepEqual(expected.tools.filter((name) => !names.includes(name)), [], `it did not get every tool; ${account}`);
    }
    const down = await connect(program, `http://127.0.0.1:${await deadPort()}/mcp`);
    assert.doesNotMatch(down.output, program.connected, `it claims to be connected to a dead port:\n${down.output}`);
    assert.match(down.output, program.down, `it does not say that a dead port is down:\n${down.output}`);
    return { version: program.version, era, note: [...new Set(wire.methods())].join(', ') };
  } finally {
    await wire.close();
  }
}

async function connect(program, url) {
  const home = await isolated(program.env);
  try {
    const added = await program.add(home, url);
    assert.equal(added.code, 0, `it did not take the entry:\n${added.output}`);
    return await program.status(home);
  } finally {
    await home.remove();
  }
}

/** A port that was free a moment ago. */
async function deadPort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

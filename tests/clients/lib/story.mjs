// The story that every SDK lives through: build a workflow, run it, approve it, read what came of it.
//
// A client is { version, era, tools(), call(name, args), prompts(), prompt(name, args), resources(), templates(), read(uri),
// complete(ref, argument), close() } and answers in the wire's own camel case. What the server refuses as a protocol
// error, the client throws with `code`.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import expected from './expected.mjs';

const POLL_MS = 50;
const PATIENCE_MS = 20_000;

export async function tell(client) {
  await toolsAreListed(client);
  await workspaceIsFresh(client);
  const workflow = await workflowIsBuilt(client);
  const run = await runWaitsForAPerson(client, workflow);
  await runCompletes(client, workflow, run);
  await outcomeIsRight(client, workflow, run);
  await mistakesAreNamed(client);
  await promptsAreOffered(client, workflow);
  await resourcesAreOffered(client, workflow, run);
  await idsAreCompleted(client, workflow, run);
}

async function toolsAreListed(client) {
  const { tools } = await client.tools();
  const names = tools.map((tool) => tool.name);
  assert.equal(new Set(names).size, names.length, 'a tool is listed twice');
  assert.deepEqual(missing(expected.tools, names), [], 'tools that are on by default are not listed');
  assert.deepEqual(expected.risk.filter((name) => names.includes(name)), [], 'tools are listed that only --risk switches on');
  for (const tool of tools) {
    assert.ok(tool.description, `${tool.name} has no description`);
    assert.equal(tool.inputSchema.type, 'object', `${tool.name} takes no object`);
  }
}

async function workspaceIsFresh(client) {
  const health = await answer(client, 'ar_health_summary', {});
  assert.equal(health.status, 'ok');
  assert.equal(health.workspace_reached, true);
  assert.equal(health.workflows_total, expected.examples.length);
  assert.equal(health.pending_approvals, 0);
  const { workflows } = await answer(client, 'workflows_list', {});
  assert.deepEqual(workflows.map((workflow) => workflow.name).sort(), expected.examples);
}

async function workflowIsBuilt(client) {
  const draft = await answer(client, 'workflows_create', { name: expected.name, graph: expected.graph });
  assert.equal(draft.status, 'draft');
  assert.deepEqual(draft.graph, expected.graph);
  const verdict = await answer(client, 'workflows_validate', { workflow_id: draft.id, params: expected.input });
  assert.deepEqual([verdict.valid, verdict.issues], [true, []]);
  const broken = { steps: [{ id: 'lonely', type: 'lua_script', script: 'return {}', depends_on: ['nobody'] }] };
  const refused = await answer(client, 'workflows_validate', { workflow_id: draft.id, graph: broken });
  assert.equal(refused.valid, false);
  assert.match(JSON.stringify(refused.issues), /nobody/, 'the missing step is not named');
  const version = await answer(client, 'workflows_publish_version', { workflow_id: draft.id, changelog: 'First' });
  assert.equal(version.version, 1);
  return draft.id;
}

async function runWaitsForAPerson(client, workflow_id) {
  const params = { trigger_payload: expected.input };
  const { run_id } = await answer(client, 'workflows_execute_command', { workflow_id, command: 'start', params });
  assert.ok(run_id, 'start answers no run_id');
  const summary = await summaryOnce(client, workflow_id, run_id, (summary) => summary.pending_tasks > 0);
  assert.deepEqual([summary.run_complete, summary.status, summary.pending_tasks], [false, 'running', 1]);
  assert.equal((await answer(client, 'ar_health_summary', {})).pending_approvals, 1);
  return run_id;
}

async function runCompletes(client, workflow_id, run_id) {
  const { tasks } = await answer(client, 'tasks_list_pending_run', { workflow_id, run_id });
  assert.equal(tasks.length, 1);
  assert.deepEqual(tasks[0].task_payload, expected.payload, 'templates in the task are not resolved');
  // The watch begins while the run waits, so that what the approval sets off has to arrive on it.
  const asked = { workflow_id, run_id, max_seconds: 20, max_messages: expected.events.length };
  const watch = answer(client, 'workflows_stream_websocket', asked);
  // Without this, a failure before the watch is awaited would end the process.
  watch.catch(() => {});
  const decision = { workflow_id, run_id, task_id: tasks[0].task_id, approved: true, result: expected.result };
  const done = await answer(client, 'tasks_complete', decision);
  assert.deepEqual([done.status, done.approved], ['completed', true]);
  const summary = await summaryOnce(client, workflow_id, run_id, (summary) => summary.run_complete);
  assert.deepEqual([summary.status, summary.pending_tasks, summary.failure_code], ['completed', 0, null]);
  assert.deepEqual(signs((await watch).frames), expected.events, 'the stream tells another story');
  const again = await client.call('tasks_complete', decision);
  assert.equal(again.isError, true, `a task is completed twice: ${text(again)}`);
}

async function outcomeIsRight(client, workflow_id, run_id) {
  const context = await answer(client, 'runs_get_context', { workflow_id, run_id });
  assert.deepEqual(context.input, expected.input);
  for (const [step, result] of Object.entries(expected.results)) {
    assert.deepEqual(context.steps[step]?.result, result, `the result of ${step}`);
  }
  const { events } = await answer(client, 'runs_list_events', { workflow_id, run_id, detail: true });
  assert.deepEqual(signs(events), expected.events);
  const times = events.map((event) => Date.parse(event.timestamp));
  assert.ok(times.every(Number.isFinite), 'an event has no time');
  assert.deepEqual(times, times.toSorted((a, b) => a - b), 'events are not in the order of their times');
  for (const step of Object.keys(expected.results)) {
    const at = (type) => events.findIndex((event) => event.step_id === step && event.event_type === type);
    assert.ok(at('step_started') >= 0 && at('step_started') < at('step_completed'), `${step} did not start and then complete`);
  }
}

async function mistakesAreNamed(client) {
  await assert.rejects(client.call('no_such_tool', {}), { code: -32602, message: /no_such_tool/ });
  const off = await client.call(expected.risk[0], { secret_id: 'any' });
  assert.deepEqual([off.isError, JSON.parse(text(off)).error.code], [true, 'risk_off']);
  for (const { tool, args, names } of expected.mistakes) {
    const result = await client.call(tool, args);
    assert.equal(result.isError, true, `${tool} takes ${JSON.stringify(args)}`);
    const { error } = JSON.parse(text(result));
    assert.equal(error.code, 'bad_arguments');
    assert.ok(error.message.includes(`\`${names}\``), `\`${names}\` is not named: ${error.message}`);
  }
  const lost = await client.call('workflows_get', { workflow_id: 'wf_nowhere' });
  assert.equal(lost.isError, true);
  assert.match(text(lost), /not.found/i);
}

async function promptsAreOffered(client, workflow_id) {
  const { prompts } = await client.prompts();
  assert.deepEqual(missing(expected.prompts, prompts.map((prompt) => prompt.name)), []);
  const { messages } = await client.prompt('validate_and_start', { workflow_id });
  assert.equal(messages[0].role, 'user');
  assert.ok(messages[0].content.text.includes(workflow_id), 'the argument is not in the prompt');
  await assert.rejects(client.prompt('validate_and_start', {}), /workflow_id/);
}

async function resourcesAreOffered(client, workflow_id, run_id) {
  const workflow = `agentruntime://workflows/${workflow_id}`;
  const run = `${workflow}/runs/${run_id}`;
  const { resources } = await client.resources();
  assert.deepEqual(missing([workflow, run], resources.map((resource) => resource.uri)), []);
  const { resourceTemplates } = await client.templates();
  assert.deepEqual(resourceTemplates.map((template) => template.uriTemplate).sort(), expected.templates);
  assert.deepEqual((await contents(client, workflow)).graph, expected.graph);
  assert.equal((await contents(client, run)).run_complete, true);
  await assert.rejects(client.read('agentruntime://nothing'), (error) => Number.isInteger(error.code));
}

async function idsAreCompleted(client, workflow_id, run_id) {
  const begun = workflow_id.slice(0, -4);
  const ref = { type: 'ref/prompt', name: 'validate_and_start' };
  const byPrompt = await client.complete(ref, { name: 'workflow_id', value: begun });
  assert.deepEqual(byPrompt.completion.values, [workflow_id]);
  const template = { type: 'ref/resource', uri: expected.templates.find((uri) => uri.includes('{run_id}')) };
  const byTemplate = await client.complete(template, { name: 'run_id', value: '' });
  assert.deepEqual(byTemplate.completion.values, [run_id]);
}

/** What a tool answers; a refusal throws. */
async function answer(client, tool, args) {
  const result = await client.call(tool, args);
  assert.ok(!result.isError, `${tool} refused ${JSON.stringify(args)}: ${text(result)}`);
  return JSON.parse(text(result));
}

async function summaryOnce(client, workflow_id, run_id, ready) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const summary = await answer(client, 'runs_get_summary', { workflow_id, run_id });
    if (ready(summary)) return summary;
    assert.ok(Date.now() < end, `the run is not there after ${PATIENCE_MS} ms: ${JSON.stringify(summary)}`);
    await sleep(POLL_MS);
  }
}

async function contents(client, uri) {
  const read = await client.read(uri);
  assert.equal(read.contents[0].mimeType, 'application/json');
  return JSON.parse(read.contents[0].text);
}

const text = (result) => result.content[0]?.text ?? '';
const missing = (wanted, there) => wanted.filter((name) => !there.includes(name));
// A step that is skipped is told as completed, with `skipped` in its data.
const signs = (events) => events.map(({ event_type, step_id, data }) => [event_type, step_id, data.skipped && 'skipped'].filter(Boolean).join(' '));

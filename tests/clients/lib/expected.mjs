// What the story gives the server and what it must get back.

const steps = [
  {
    id: 'price',
    type: 'lua_script',
    script: "return { total = input.quantity * input.price, label = 'Order of ' .. input.customer }",
  },
  {
    id: 'approve',
    type: 'human_task',
    depends_on: ['price'],
    task_type: 'approval',
    task_payload: { title: '{{steps.price.result.label}}: {{steps.price.result.total}}', total: '{{steps.price.result.total}}' },
  },
  {
    id: 'ship',
    type: 'lua_script',
    depends_on: ['approve'],
    condition: '{{steps.approve.result.approved}} == true',
    script: 'return { note = steps.approve.result.note, charged = steps.price.result.total }',
  },
  {
    id: 'cancel',
    type: 'lua_script',
    depends_on: ['approve'],
    condition: '{{steps.approve.result.approved}} == false',
    script: 'return { charged = 0 }',
  },
];

export default {
  // On by default; a catalogue that grows keeps the suite content, one that shrinks does not.
  tools: [
    'ar_health_summary', 'workflows_list', 'workflows_get', 'workflows_create', 'workflows_patch',
    'workflows_publish_version', 'workflows_validate', 'workflows_execute_command', 'workflows_list_runs',
    'runs_get_summary', 'runs_list_tenant', 'runs_list_events', 'runs_get_context', 'tasks_list_pending',
    'tasks_list_pending_run', 'tasks_complete', 'analytics_live_runs', 'analytics_success_rate',
    'analytics_credits_consumed', 'analytics_runs_timeseries', 'analytics_usage_timeseries', 'workflows_stream_websocket',
  ],
  risk: [
    'vault_read_secret', 'vault_write_secret', 'vault_delete_secret', 'pats_create', 'pats_reveal', 'inbound_create_webhook',
    'llm_keys_create', 'llm_keys_update', 'llm_keys_delete', 'llm_keys_reveal',
  ],
  examples: [
    'Check that fails on purpose', 'Publish with approval', 'Quarterly figures in parallel', 'Text statistics by MCP',
  ],
  name: 'Order with approval',
  graph: { steps },
  input: { quantity: 3, price: 7, customer: 'Ada' },
  // A template that is the whole string keeps its type; one within text becomes text.
  payload: { title: 'Order of Ada: 21', total: 21 },
  result: { note: 'fast, please' },
  results: {
    price: { total: 21, label: 'Order of Ada' },
    approve: { approved: true, note: 'fast, please' },
    ship: { charged: 21, note: 'fast, please' },
  },
  events: [
    'run_started',
    'step_started price', 'step_completed price',
    'step_started approve', 'human_task_created approve', 'human_task_completed approve', 'step_completed approve',
    'step_started ship', 'step_completed cancel skipped', 'step_completed ship',
    'state_changed', 'run_completed',
  ],
  mistakes: [
    { tool: 'workflows_get', args: {}, names: 'workflow_id' },
    { tool: 'workflows_get', args: { workflow_id: 3 }, names: 'workflow_id' },
    { tool: 'workflows_list', args: { limti: 3 }, names: 'limti' },
    { tool: 'tasks_complete', args: { workflow_id: 'w', run_id: 'r', task_id: 't', approved: 'yes' }, names: 'approved' },
    { tool: 'workflows_execute_command', args: { workflow_id: 'w', command: 'begin' }, names: 'command' },
    { tool: 'workflows_stream_websocket', args: { workflow_id: 'wf_example_mcp', max_seconds: 0 }, names: 'max_seconds' },
  ],
  prompts: ['recent_runs', 'validate_and_start', 'credits_used', 'search_memory', 'pending_approvals'],
  templates: ['agentruntime://workflows/{workflow_id}', 'agentruntime://workflows/{workflow_id}/runs/{run_id}'],
};

// The TypeScript SDKs: v1, and v2 both as it comes and asked to negotiate.

import { load, manifest } from '../lib/modules.mjs';

const ABOUT = { name: 'agentruntime-clients', version: '1.0.0' };

export async function v1(url) {
  const { Client } = load('@modelcontextprotocol/sdk/client/index.js');
  const { StreamableHTTPClientTransport } = load('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const client = new Client(ABOUT);
  const transport = new StreamableHTTPClientTransport(new URL(url));
  await client.connect(transport);
  const close = async () => {
    await transport.terminateSession();
    await client.close();
  };
  return adapted(client, manifest('@modelcontextprotocol/sdk').version, transport.protocolVersion, close);
}

export async function v2(url, options) {
  const { Client, StreamableHTTPClientTransport } = load('@modelcontextprotocol/client');
  const client = new Client(ABOUT, options);
  const transport = new StreamableHTTPClientTransport(new URL(url));
  await client.connect(transport);
  const close = () => client.close();
  return adapted(client, manifest('@modelcontextprotocol/client').version, client.getNegotiatedProtocolVersion(), close);
}

function adapted(client, version, era, close) {
  return {
    version,
    era,
    close,
    tools: () => client.listTools(),
    call: (name, args) => client.callTool({ name, arguments: args }),
    prompts: () => client.listPrompts(),
    prompt: (name, args) => client.getPrompt({ name, arguments: args }),
    resources: () => client.listResources(),
    templates: () => client.listResourceTemplates(),
    read: (uri) => client.readResource({ uri }),
    complete: (ref, argument) => client.complete({ ref, argument }),
  };
}

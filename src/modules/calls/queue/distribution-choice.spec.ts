import fc from '../../../../test/support/properties';
import {
  chooseAssignments,
  type FreeAgent,
  inQueueOrder,
  nextRelaxation,
  relaxedBy,
  type WaitingCall,
} from './distribution-choice';

const NOW = new Date(Date.UTC(2026, 0, 5, 12));
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);

const call = (id: string, more: Partial<WaitingCall> = {}): WaitingCall => ({
  entryId: id,
  callId: `call-${id}`,
  priorityRank: 2,
  queuedAt: ago(10),
  required: [],
  preferred: [],
  onlyAgentId: null,
  declinedBy: [],
  ...more,
});
const agent = (id: string, idle: number, skills: Record<string, number> = {}, capacity = 1): FreeAgent => ({
  agentId: id,
  idleSince: ago(idle),
  skills: new Map(Object.entries(skills)),
  capacity,
});
const pairs = (calls: WaitingCall[], agents: FreeAgent[]): [string, string][] =>
  chooseAssignments(calls, agents, NOW).map((a) => [a.call.entryId, a.agent.agentId]);

describe('who gets which call', () => {
  it('serves by priority, then by waiting time, with the agent idle longest', () => {
    const calls = [
      call('new', { queuedAt: ago(1) }),
      call('old', { queuedAt: ago(99) }),
      call('urgent', { priorityRank: 0, queuedAt: ago(0) }),
    ];
    expect(pairs(calls, [agent('fresh', 1), agent('idle', 500), agent('middle', 60)])).toEqual([
      ['urgent', 'idle'],
      ['old', 'middle'],
      ['new', 'fresh'],
    ]);
  });

  it('asks for required skills with their levels, and serves those behind a call nobody fits', () => {
    const calls = [call('hard', { queuedAt: ago(99), required: [{ skill: 'tax', level: 3 }] }), call('easy')];
    expect(pairs(calls, [agent('a', 9, { tax: 2 })])).toEqual([['easy', 'a']]);
    expect(pairs(calls, [agent('a', 9, { tax: 2 }), agent('b', 1, { tax: 4 })])).toEqual([
      ['hard', 'b'],
      ['easy', 'a'],
    ]);
  });

  it('relaxes preferred skills one level each ten seconds', () => {
    const wish = [{ skill: 'arabic', level: 2 }];
    const novice = agent('novice', 99);
    expect(pairs([call('c', { queuedAt: ago(9), preferred: wish })], [novice])).toEqual([]);
    expect(pairs([call('c', { queuedAt: ago(19), preferred: wish })], [novice])).toEqual([]);
    expect(pairs([call('c', { queuedAt: ago(20), preferred: wish })], [novice])).toEqual([['c', 'novice']]);
    expect(
      pairs([call('c', { queuedAt: ago(10), preferred: wish })], [novice, agent('some', 1, { arabic: 1 })]),
    ).toEqual([['c', 'some']]);
    expect(nextRelaxation(call('c', { queuedAt: ago(9), preferred: wish }), NOW)).toEqual(
      new Date(NOW.getTime() + 1000),
    );
    expect(nextRelaxation(call('c', { queuedAt: ago(20), preferred: wish }), NOW)).toBeUndefined();
    expect(relaxedBy(-5)).toBe(0);
  });

  it('keeps a call that is for one agent for him, and asks whoever let it pass last', () => {
    expect(pairs([call('c', { onlyAgentId: 'b' })], [agent('a', 99), agent('b', 1)])).toEqual([['c', 'b']]);
    expect(pairs([call('c', { declinedBy: ['a'] })], [agent('a', 99), agent('b', 1)])).toEqual([['c', 'b']]);
    expect(pairs([call('c', { declinedBy: ['a'] })], [agent('a', 99)])).toEqual([['c', 'a']]);
  });

  it('says why', () => {
    const [chosen] = chooseAssignments([call('c', { queuedAt: ago(30) })], [agent('a', 60), agent('b', 1)], NOW);
    expect(chosen?.reason).toEqual({
      rule: 'idle_longest',
      waited_seconds: 30,
      idle_seconds: 60,
      relaxed_by: 0,
      preferred_met: true,
      candidates: 2,
      declined_before: 0,
    });
  });

  it('never gives a call twice, nobody more than he can carry, and never passes over a call that fits for a later one', () => {
    const someCalls = fc.array(
      fc.record({ rank: fc.integer({ min: 0, max: 3 }), waited: fc.nat(300), skill: fc.constantFrom('', 'x') }),
      { maxLength: 30 },
    );
    const someAgents = fc.array(
      fc.record({ idle: fc.nat(300), capacity: fc.integer({ min: 1, max: 3 }), skilled: fc.boolean() }),
      { maxLength: 15 },
    );
    fc.assert(
      fc.property(someCalls, someAgents, (c, a) => {
        const calls = c.map(({ rank, waited, skill }, n) =>
          call(`c${n}`, { priorityRank: rank, queuedAt: ago(waited), required: skill ? [{ skill, level: 1 }] : [] }),
        );
        const agents = a.map(({ idle, capacity, skilled }, n) =>
          agent(`a${n}`, idle, skilled ? { x: 1 } : {}, capacity),
        );
        const chosen = chooseAssignments(calls, agents, NOW);
        expect(new Set(chosen.map((x) => x.call.callId)).size).toBe(chosen.length);
        for (const one of agents) {
          expect(chosen.filter((x) => x.agent.agentId === one.agentId).length).toBeLessThanOrEqual(one.capacity);
        }
        const unskilled = calls.filter((one) => one.required.length === 0).sort(inQueueOrder);
        const served = unskilled.map((one) => chosen.some((x) => x.call === one));
        // among calls that ask for nothing, whoever is served was before whoever is not
        expect(served).toEqual([...served].sort((x, y) => Number(y) - Number(x)));
      }),
    );
  });
});

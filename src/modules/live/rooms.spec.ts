import fc from '../../../test/support/properties';
import { maySee, type AudienceColumns, type Viewpoint } from '../../platform/events/audience';
import { roomsOfEvent, roomsOfViewer } from './rooms';

const some = (...values: string[]): fc.Arbitrary<string[]> => fc.subarray(values);
const names = some('agent', 'user', 'sales', 'leads:read');

const views: fc.Arbitrary<Viewpoint> = fc.record({
  everything: fc.boolean(),
  roles: names,
  departments: fc.option(names),
  users: names,
  scopes: fc.option(names),
});
const audiences: fc.Arbitrary<AudienceColumns> = fc.record({
  audience_roles: names,
  audience_departments: names,
  audience_users: names,
  audience_scope: fc.constantFrom('agent', 'user', 'sales', 'leads:read'),
});

describe('rooms', () => {
  it('have one in common exactly when the viewer may see the event', () => {
    fc.assert(
      fc.property(views, audiences, (view, audience) => {
        const stands = new Set(roomsOfViewer(view));
        expect(roomsOfEvent(audience).some((room) => stands.has(room))).toBe(maySee(view, audience));
      }),
      { numRuns: 2000 },
    );
  });
});

import { saysUrgent } from './ticket-urgency';

describe('urgent by its text', () => {
  it.each([
    'This is URGENT',
    'a Critical fault',
    'emergency!',
    'الطلب عاجل جدا',
    'وضع حرج',
    'حالة طوارئ',
    'عَاجِل',
    'عـــاجل',
    'ｕｒｇｅｎｔ',
  ])('%s', (text) => expect(saysUrgent(text)).toBe(true));

  it.each(['Package not received', 'لم يصل الطرد', '', undefined, null])('not %s', (text) =>
    expect(saysUrgent(text)).toBe(false),
  );

  it('looks at every text it is given, each for itself', () => {
    expect(saysUrgent('Delivery', 'it is urgent')).toBe(true);
    expect(saysUrgent('urg', 'ent')).toBe(false);
  });
});

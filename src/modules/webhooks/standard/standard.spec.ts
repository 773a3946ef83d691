import { Webhook } from 'standardwebhooks';
import { envelope } from './envelope';
import { newSecret, sign } from './sign';

describe('Standard Webhooks', () => {
  it('signs the published test vector of the specification’s libraries', () => {
    const headers = sign({ id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}', seconds: 1614265330 }, [
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    ]);
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('is verified by the official library, with either of two secrets, and by neither when a byte differs', () => {
    const [fresh, old, other] = [newSecret(), newSecret(), newSecret()];
    const body = envelope({
      event_id: '0190d6a4-6f5e-7cc3-98c4-dc0c0c07398f',
      event_name: 'call.ended',
      seq: 7,
      occurred_at: new Date('2025-05-17T13:00:00Z'),
      data: { name: 'أحمد', emoji: '😀' },
      is_test: false,
    });
    const headers = { ...sign({ id: 'x', body, seconds: Math.floor(Date.now() / 1000) }, [fresh, old]) };
    for (const secret of [fresh, old]) expect(new Webhook(secret).verify(body, headers)).toMatchObject({ seq: 7 });
    expect(() => new Webhook(other).verify(body, headers)).toThrow();
    expect(() => new Webhook(fresh).verify(`${body} `, headers)).toThrow();
    expect(() => new Webhook(fresh).verify(body, { ...headers, 'webhook-id': 'y' })).toThrow();
  });
});

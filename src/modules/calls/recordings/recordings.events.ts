import { defineEvent } from '../../../platform/events/define-event';

/** A recording that can be heard. */
export interface AvailableRecording {
  recording_id: string;
  kind: 'call' | 'voicemail';
  duration: number | null;
  content_type: string;
  size: number;
  md5: string;
}

export const recordingAvailable = defineEvent<{ call_id: string; recording: AvailableRecording; link: string }>({
  name: 'call.recording.available',
  live: 'call:recording_available',
  description: 'The recording of a call has been stored and can be heard at the link; `duration` is in seconds.',
  schema: {
    type: 'object',
    properties: {
      call_id: { type: 'string' },
      recording: {
        type: 'object',
        properties: {
          recording_id: { type: 'string' },
          kind: { type: 'string' },
          duration: { type: ['integer', 'null'] },
          content_type: { type: 'string' },
          size: { type: 'integer' },
          md5: { type: 'string' },
        },
        required: ['recording_id', 'kind', 'content_type', 'size'],
        additionalProperties: true,
      },
      link: { type: 'string' },
    },
    required: ['call_id', 'recording'],
    additionalProperties: true,
  },
  example: {
    call_id: 'CALL-A1B2C3D4',
    recording: {
      recording_id: '0192f5a0-6f5e-7cc3-98c4-dc0c0c07398f',
      kind: 'call',
      duration: 214,
      content_type: 'audio/wav',
      size: 6848044,
      md5: 'XrY7u+Ae7tCTyyK7j1rNww==',
    },
    link: 'https://calls.example.com/api/calls/CALL-A1B2C3D4/recording',
  },
});

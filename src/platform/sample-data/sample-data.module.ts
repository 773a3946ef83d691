import { Global, Module } from '@nestjs/common';
import { SampleData } from './sample-data';

@Global()
@Module({ providers: [SampleData], exports: [SampleData] })
export class SampleDataModule {}

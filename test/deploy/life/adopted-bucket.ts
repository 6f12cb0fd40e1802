import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";

/** A bucket that somebody else made, and keeps. */
export const ADOPTED = "acme-life-adopted";
const Key = "old.txt";

export async function createAdopted(s3: S3Client, region: string): Promise<void> {
  const CreateBucketConfiguration = { LocationConstraint: region as never };
  await s3.send(new CreateBucketCommand({ Bucket: ADOPTED, CreateBucketConfiguration }));
  await s3.send(new PutObjectCommand({ Bucket: ADOPTED, Key, Body: "written before" }));
}

export async function readAdopted(s3: S3Client): Promise<string | undefined> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: ADOPTED, Key }));
  return Body?.transformToString();
}

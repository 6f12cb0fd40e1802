variable "bucket_name" {
  description = "The name of the bucket; those for exports and logs begin with it. Names are unique within OVHcloud."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,53}[a-z0-9]$", var.bucket_name))
    error_message = "A name holds 3 to 55 lower-case letters, digits and hyphens, and begins and ends with a letter or digit."
  }
}

variable "region" {
  description = "The region of OVHcloud Object Storage, in lower case."
  type        = string
  default     = "eu-west-par"
}

variable "endpoint" {
  description = "The URL of the S3 API; null for OVHcloud's own in the region. Another one is for a rehearsal."
  type        = string
  default     = null
}

locals {
  endpoint = coalesce(var.endpoint, "https://s3.${var.region}.io.cloud.ovh.net")
}

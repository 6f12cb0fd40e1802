# Written by `npm run terraform-example` from examples/ovhcloud: change that.

terraform {
  required_providers {
    aws = {
      version = "~> 5.100"
      source  = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region                      = var.region
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = "true"
  skip_region_validation      = true
  skip_requesting_account_id  = true
  endpoints {
    s3 = local.endpoint
  }
}

resource "aws_s3_bucket" "logs_bucket" {
  bucket = "${var.bucket_name}-logs"
  lifecycle_rule {
    enabled = true
    id      = "after-a-year"
    expiration {
      days = 365
    }
  }

  provider = aws
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "logs_encryption" {
  bucket = aws_s3_bucket.logs_bucket.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }

  provider = aws
  lifecycle {
    prevent_destroy = true
  }
}

output "bucketseal_logs" {
  value = {
    bucketseal = 1
    bucket     = "${var.bucket_name}-logs"
    endpoint   = local.endpoint
    region     = var.region
    provider   = "ovhcloud"
  }
  depends_on = [
    aws_s3_bucket.logs_bucket,
    aws_s3_bucket_server_side_encryption_configuration.logs_encryption,
  ]
}

resource "aws_s3_bucket_acl" "logs_log-delivery" {
  acl      = "log-delivery-write"
  bucket   = aws_s3_bucket.logs_bucket.id
  provider = aws
}

resource "aws_s3_bucket" "invoices_bucket" {
  bucket = var.bucket_name
  lifecycle_rule {
    enabled = true
    id      = "old-versions"
    noncurrent_version_expiration {
      days = 90
    }
  }

  provider = aws
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "invoices_encryption" {
  bucket = aws_s3_bucket.invoices_bucket.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }

  provider = aws
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_versioning" "invoices_versioning" {
  bucket = aws_s3_bucket.invoices_bucket.id
  versioning_configuration {
    status = "Enabled"
  }

  provider = aws
}

resource "aws_s3_bucket_logging" "invoices_access-logs" {
  bucket        = aws_s3_bucket.invoices_bucket.id
  target_bucket = aws_s3_bucket.logs_bucket.bucket
  target_prefix = "invoices/"
  depends_on = [
    aws_s3_bucket_acl.logs_log-delivery,
  ]
  provider = aws
}

output "bucketseal_invoices" {
  value = {
    bucketseal = 1
    bucket     = var.bucket_name
    endpoint   = local.endpoint
    region     = var.region
    provider   = "ovhcloud"
  }
  depends_on = [
    aws_s3_bucket.invoices_bucket,
    aws_s3_bucket_server_side_encryption_configuration.invoices_encryption,
  ]
}

resource "aws_s3_bucket" "exports_bucket" {
  bucket = "${var.bucket_name}-exports"
  lifecycle_rule {
    enabled = true
    id      = "after-a-month"
    expiration {
      days = 30
    }
  }

  provider = aws
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "exports_encryption" {
  bucket = aws_s3_bucket.exports_bucket.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }

  provider = aws
  lifecycle {
    prevent_destroy = true
  }
}

output "bucketseal_exports" {
  value = {
    bucketseal = 1
    bucket     = "${var.bucket_name}-exports"
    endpoint   = local.endpoint
    region     = var.region
    provider   = "ovhcloud"
  }
  depends_on = [
    aws_s3_bucket.exports_bucket,
    aws_s3_bucket_server_side_encryption_configuration.exports_encryption,
  ]
}

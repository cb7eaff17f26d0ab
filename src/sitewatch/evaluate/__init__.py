"""Scores of detections against truth."""

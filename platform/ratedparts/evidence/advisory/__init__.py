"""Signs in accepted measurements that a person should look at.  A finding is a question, never a verdict."""

from catalogue.models import Product
from django.conf import settings
from django.db import models


class Order(models.Model):
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    products = models.ManyToManyField(Product)
    made = models.DateTimeField(auto_now_add=True)
    note = models.TextField(blank=True)
    code = models.CharField(max_length=9, null=True)

    class Meta:
        indexes = [models.Index(fields=["made"], name="order_made")]
